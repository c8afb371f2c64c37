from hub.program import run

run()
