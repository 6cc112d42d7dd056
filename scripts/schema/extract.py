#!/usr/bin/env python3
"""Write core/vim25/schema.json from the type catalogue of an installed pyvmomi package.

Facts only: names, order, types, flags, versions, privileges, faults. Usage:

    python3 -m venv .venv && .venv/bin/pip install pyvmomi
    .venv/bin/python scripts/schema/extract.py core/vim25/schema.json
    .venv/bin/python scripts/schema/extract.py core/vim25/namespaces/pbm.json pbm
    npm run schema:types

The second form writes the tables of a service beside vim25: only what its own
catalogue module (_typeinfo_pbm) declares, and the versions of that service.

The catalogue modules are executed against recording stand-ins for the five
constructor functions they call; nothing of pyvmomi itself runs.
The JSON layout is described in scripts/schema/README.md.
"""
import importlib.metadata
import json
import pathlib
import re
import sys

F_LINK, F_LINKABLE, F_OPTIONAL, F_SECRET = 1, 2, 4, 8
MODULES = ["_typeinfo_core", "_typeinfo_query", "_typeinfo_vim"]
# Names that the catalogue takes as given, in the spelling of the WSDL.
BUILT_IN = {
    "void": "void", "anyType": "anyType", "string": "string", "bool": "boolean", "boolean": "boolean",
    "byte": "byte", "short": "short", "int": "int", "long": "long", "float": "float", "double": "double",
    "Link": "string", "vmodl.URI": "anyURI", "vmodl.Binary": "base64Binary", "vmodl.DateTime": "dateTime",
    "vmodl.TypeName": "string", "vmodl.MethodName": "string", "vmodl.PropertyPath": "string",
    "vmodl.ManagedObject": "ManagedObject", "vmodl.DataObject": "DynamicData", "vmodl.MethodFault": "MethodFault",
    "vmodl.LocalizedMethodFault": "LocalizedMethodFault", "vmodl.RuntimeFault": "RuntimeFault",
}


class Recorder:
    def __init__(self):
        self.versions, self.parents = [], {}
        self.data, self.enums, self.managed = [], [], []

    def namespace(self):
        registry = type("Versions", (), {"Add": staticmethod(lambda _: None)})()
        return {
            "CreateDataType": lambda *a: self.data.append(a),
            "CreateEnumType": lambda *a: self.enums.append(a),
            "CreateManagedType": lambda *a: self.managed.append(a),
            "AddVersion": lambda *a: self.versions.append(a),
            "AddVersionParent": lambda child, parent: self.parents.setdefault(child, set()).add(parent),
            "AddBreakingChangesInfo": lambda *a: None,
            "newestVersions": registry, "ltsVersions": registry, "oldestVersions": registry,
            "F_LINK": F_LINK, "F_LINKABLE": F_LINKABLE, "F_OPTIONAL": F_OPTIONAL, "F_SECRET": F_SECRET,
        }


def record(folder, modules=MODULES):
    recorder = Recorder()
    for module in modules:
        source = (folder / f"{module}.py").read_text()
        source = re.sub(r"^from \.VmomiSupport import .*$", "", source, flags=re.M)
        exec(compile(source, module, "exec"), recorder.namespace())
    return recorder


def main():
    package = importlib.metadata.distribution("pyvmomi")
    folder = pathlib.Path(package.locate_file("pyVmomi"))
    beside = sys.argv[2] if len(sys.argv) > 2 else None
    module = f"_typeinfo_{beside}"
    recorder = record(folder, [*MODULES, module] if beside else MODULES)
    # Of a service beside vim25 only what its own module declares is written.
    own = record(folder, [module]) if beside else recorder
    mine = {entry[1] for entry in [*own.data, *own.enums, *own.managed]}
    service_name = next(v[4] for v in own.versions if v[4] not in ("vim25", "reflect")) if beside else "vim25"

    vim, speaks = {}, {}
    for name, namespace, api, _legacy, service in recorder.versions:
        if service == "vim25":
            vim[name] = api
        if service == service_name:
            speaks[name] = api
    # A version contains its ancestors, so ordering by their number orders by age.
    order = sorted(speaks, key=lambda v: (len(recorder.parents.get(v, ())), v))
    index = {name: i for i, name in enumerate(order)}
    # What is as old as a version of vim25 is as old as the first version of the service that contains it.
    for name in vim if beside else ():
        index.setdefault(name, next((i for i, v in enumerate(order) if name in recorder.parents.get(v, ())), len(order) - 1))

    names = dict(BUILT_IN)
    for entry in [*recorder.data, *recorder.enums, *recorder.managed]:
        names[entry[0]] = entry[1]
    bases = {entry[1]: entry[2] for entry in recorder.data}

    def is_fault(wsdl):
        while wsdl and wsdl != "DynamicData":
            if wsdl in ("MethodFault", "RuntimeFault"):
                return True
            wsdl = names.get(bases.get(wsdl) or "")
        return False

    def type_name(vmodl, wrap_faults=True):
        array = vmodl.endswith("[]")
        wsdl = names[vmodl[:-2] if array else vmodl]
        # Faults travel inside data objects only in their localized wrapper.
        if wrap_faults and is_fault(wsdl):
            wsdl = "LocalizedMethodFault"
        return wsdl + ("[]" if array else "")

    def flags(bits):
        return ("?" if bits & F_OPTIONAL else "") + ("l" if bits & (F_LINK | F_LINKABLE) else "") + ("s" if bits & F_SECRET else "")

    def member(entry):
        # A link is the key of an object that stands elsewhere in the same value: text on the wire.
        name = type_name(entry[1]) if not entry[3] & F_LINK else "string[]" if entry[1].endswith("[]") else "string"
        out = [entry[0], name, index[entry[2]], flags(entry[3])]
        if len(entry) > 4 and entry[4]:
            out.append(entry[4])
        return out

    data = {} if beside else {
        "DynamicData": [None, 0, []],
        "MethodFault": ["DynamicData", 0, [["faultCause", "LocalizedMethodFault", 0, "?"], ["faultMessage", "LocalizableMessage[]", 0, "?"]]],
        "RuntimeFault": ["MethodFault", 0, []],
        "LocalizedMethodFault": ["DynamicData", 0, [["fault", "MethodFault", 0, ""], ["localizedMessage", "string", 0, "?"]]],
    }
    for vmodl, wsdl, base, version, fields in recorder.data:
        if wsdl not in mine or wsdl == "DynamicData":  # its two members belong to dynamic properties, which no client reads
            continue
        data[wsdl] = [names[base] if base else None, index[version], [member(f) for f in fields or ()]]
    enums = {wsdl: [index[version], values] for _, wsdl, version, values in own.enums}
    managed = {} if beside else {"ManagedObject": [None, 0, [], {}]}
    for _, wsdl, base, version, props, methods in own.managed:
        table = {}
        for name, method, since, params, result, privilege, faults in methods or ():
            table[method] = [
                index[since], [member(p) for p in params],
                type_name(result[1]) + ("?" if result[0] & F_OPTIONAL else ""),
                privilege or "", [names[f] for f in faults or ()],
                *([type_name(result[2]), name] if method.endswith("_Task") else []),
            ]
        managed[wsdl] = [names[base], index[version], [member(p) for p in props or ()], table]

    lines = ['{"source":%s,' % json.dumps(f"pyvmomi {package.version}")]
    if beside:
        lines.append('"namespace":%s,' % json.dumps(f"urn:{service_name}"))

    def version(v):
        parents = recorder.parents.get(v, ())
        entry = [v, speaks[v], sorted(index[p] for p in parents if p in speaks and p != v)]
        # Beside vim25: also the newest version of vim25 that it contains.
        return entry + ([max((p for p in parents if p in vim), key=lambda p: len(recorder.parents.get(p, ())))] if beside else [])

    lines.append('"versions":%s,' % json.dumps([version(v) for v in order], separators=(",", ":")))
    for key, table in (("data", data), ("enums", enums), ("managed", managed)):
        body = ",\n".join(json.dumps(k) + ":" + json.dumps(table[k], separators=(",", ":")) for k in sorted(table))
        lines.append('"%s":{\n%s\n}%s' % (key, body, "," if key != "managed" else ""))
    lines.append("}")
    pathlib.Path(sys.argv[1]).write_text("\n".join(lines) + "\n")
    methods = sum(len(m[3]) for m in managed.values())
    print(f"{len(data)} data objects, {len(enums)} enums, {len(managed)} managed objects, {methods} methods")


if __name__ == "__main__":
    main()
