from organization.program import run

run()
