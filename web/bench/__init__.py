"""`zhiping bench`: what requests cost, against a real server on databases that go away afterwards."""

from web.bench.run import run_benchmarks

__all__ = ["run_benchmarks"]
