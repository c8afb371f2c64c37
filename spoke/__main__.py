from spoke.program import run

run()
