"""`stringout install --systemd`: user, folders, virtual environment and units of a host.

plan.py says what is written where; virtualenv.py makes the environment; service.py carries it out.
"""
