"""Pictures of the console's screens, painted by the real app from a recording of the example.

    python -m screenshots             paint all that are stale
    python -m screenshots --check     name what is stale, and change nothing
    python -m screenshots --record    run the example project and record it anew, then paint

What is painted is in `scenes.py`. The recording is of real executions: the example's server, its
workers and its mail sink ran, and everything was read through the adapter.
"""
