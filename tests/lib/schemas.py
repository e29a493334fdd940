# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of the JSON lines (schema/udptui.schema.json): every object that a test reads is checked, if
python3-jsonschema is installed. Objects of the same form (keys and words) are checked only a few times."""
import collections
import json
import os

import tap

try:
    import jsonschema
except ImportError:
    jsonschema = None

PATH = os.path.join(os.environ.get("UDPTUI_SOURCE") or os.path.join(os.path.dirname(__file__), "..", ".."),
                    "schema", "udptui.schema.json")
WORDS = ("ack", "status", "state", "what", "outcome", "mode", "direction", "match", "why", "end", "kind", "lost")
TIMES = 3  # that an object of one form is checked
_seen = collections.Counter()
_kinds = {}
hits = set()  # the definitions that an object matched


def text():
    with open(PATH, encoding="utf-8") as file:
        return json.load(file)


def definitions():
    """The definitions of the kinds of line, by their names: serve.message, ..."""
    schema = text()
    names = [row["$ref"].rsplit("/", 1)[1] for row in schema["anyOf"]]
    return {name: schema["$defs"][name] for name in names}


def _load():
    """The validators for each event: (name of the definition, validator)."""
    shared = {name: row for name, row in text()["$defs"].items()}
    for name, row in definitions().items():
        validator = jsonschema.Draft202012Validator({"$defs": shared, **row})
        _kinds.setdefault(row["properties"]["event"]["const"], []).append((name, validator))


def find(item):
    """The names of the definitions that the object has, and the error of the one that it misses least."""
    if not _kinds:
        _load()
    names, nearest = [], None
    for name, validator in _kinds.get(item.get("event"), ()):
        errors = list(validator.iter_errors(item))
        if not errors:
            names.append(name)
        elif nearest is None or len(errors) < nearest[0]:
            nearest = (len(errors), "%s: %s: %s" % (name, "/".join(map(str, errors[0].absolute_path)), errors[0].message[:500]))
    if names:
        return names, None
    return names, nearest[1] if nearest else "no definition of this event"


def _form(item):
    return (item.get("event"), tuple(sorted(item)), tuple(str(item[word]) for word in WORDS if word in item))


def check(items):
    """Fails unless each object is as the schema says."""
    if jsonschema is None:
        return
    for item in items:
        form = _form(item)
        if _seen[form] >= TIMES:
            continue
        _seen[form] += 1
        names, error = find(item)
        if not names:
            raise tap.Failure("not as schema/udptui.schema.json says: %s\n%s" % (error, json.dumps(item)[:1500]))
        hits.update(names)
