from policy.pack import run

run()
