"""Checks in Python: registering them, comparing, a fresh world before each, one JSON line after each. Knows no client."""
import json
import ssl
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

_checks = []
_insecure = ssl._create_unverified_context()


class Mismatch(Exception):
    """Expected and got differ."""

    def __init__(self, what, expected, got):
        super().__init__(what)
        self.expected, self.got = expected, got


def check(id, title):
    """Registers a check: a function of a world."""
    def register(function):
        _checks.append((id, title, function))
        return function
    return register


def equal(got, expected, what='value'):
    if got != expected:
        raise Mismatch(what, expected, got)


def ok(condition, what, got=None):
    if not condition:
        raise Mismatch('condition', what, got)


class Server:
    """The simulator: its address, its admin plane, and plain HTTP."""

    def __init__(self, url):
        self.url = urllib.parse.urlsplit(url)
        self.base = 'https://%s:%d' % (self.url.hostname, self.url.port)

    def restore(self):
        urllib.request.urlopen(urllib.request.Request(self.base + '/sim/restore?name=interop', method='POST'), context=_insecure).read()

    def http(self, method, path, data=None, headers=None):
        """A plain HTTP request: (status, headers, body)."""
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, context=_insecure) as reply:
                return reply.status, dict(reply.headers), reply.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()


def run(world, version, client=None):
    """Runs the checks that the command line names, on a world that has fresh()."""
    chosen = sys.argv[2:]
    for id, title, function in _checks:
        if chosen and id not in chosen:
            continue
        started = time.monotonic()
        result = {'id': id, 'title': title, 'version': version, 'passed': True}
        if client:
            result['client'] = client
        try:
            world.fresh()
            function(world)
        except Exception as error:  # a check may fail in any way: all are reported
            where = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == function.__code__.co_filename]
            result.update(passed=False, what='%s: %s' % (type(error).__name__, getattr(error, 'msg', None) or error),
                          stack='line %s: %s' % (where[-1].lineno, where[-1].line) if where else '')
            if isinstance(error, Mismatch):
                result.update(what=str(error), expected=str(error.expected), got=str(error.got))
        result['milliseconds'] = round((time.monotonic() - started) * 1000)
        print(json.dumps(result), flush=True)
