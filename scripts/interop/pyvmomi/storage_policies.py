"""Storage policies through the pbm service: made, applied through vim25, placed and checked."""
from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl
from pyVmomi import SoapStubAdapter, pbm
import ssl

VSAN = 'aa6d5a82-1c88-45da-85d3-3d74b91a5bad'


def _content(w):
    context = ssl._create_unverified_context()
    stub = SoapStubAdapter(host=w.url.hostname, port=w.url.port, version='pbm.version.version12', path='/pbm/sdk', sslContext=context)
    stub.cookie = w.si._stub.cookie
    return pbm.ServiceInstance('ServiceInstance', stub).RetrieveContent()


def _storage():
    return pbm.profile.ResourceType(resourceType=pbm.profile.ResourceTypeEnum.STORAGE)


def _spec(name, capabilities=()):
    # Without capabilities a policy fits everywhere.
    if not capabilities:
        return pbm.profile.CapabilityBasedProfileCreateSpec(name=name, resourceType=_storage(), constraints=pbm.profile.CapabilityConstraints())
    rules = pbm.profile.SubProfileCapabilityConstraints(subProfiles=[pbm.profile.SubProfileCapabilityConstraints.SubProfile(name='one', capability=list(capabilities))])
    return pbm.profile.CapabilityBasedProfileCreateSpec(name=name, resourceType=_storage(), constraints=rules)


def _capability(namespace, name, value):
    instance = pbm.capability.PropertyInstance(id=name, value=value)
    return pbm.capability.CapabilityInstance(id=pbm.capability.CapabilityMetadata.UniqueId(namespace=namespace, id=name), constraint=[pbm.capability.ConstraintInstance(propertyInstance=[instance])])


@check('pyvmomi.pbm.profiles', 'policies are read, made, changed and deleted')
def profiles(w):
    manager = _content(w).profileManager
    found = manager.RetrieveContent(manager.QueryProfile(_storage(), 'REQUIREMENT'))
    vsan = [p for p in found if p.profileId.uniqueId == VSAN][0]
    equal([type(vsan).__name__, vsan.name, vsan.constraints.subProfiles[0].capability[0].id.namespace], ['pbm.profile.CapabilityBasedProfile', 'vSAN Default Storage Policy', 'VSAN'])
    made = manager.Create(_spec('gold', [_capability('VSAN', 'stripeWidth', 2)]))
    equal(manager.RetrieveContent([made])[0].constraints.subProfiles[0].capability[0].constraint[0].propertyInstance[0].value, 2)
    raises(pbm.fault.DuplicateName, manager.Create, _spec('gold'))
    raises(vmodl.fault.InvalidArgument, manager.Create, _spec('odd', [_capability('nobody', 'x', 1)]))
    manager.Update(made, pbm.profile.CapabilityBasedProfileUpdateSpec(name='silver'))
    equal(manager.RetrieveContent([made])[0].name, 'silver')
    equal([outcome.fault for outcome in manager.Delete([made])], [None])
    raises(vmodl.fault.InvalidArgument, manager.RetrieveContent, [made])


@check('pyvmomi.pbm.associate', 'a machine gets a policy, and keeps to it or not')
def associate(w):
    content = _content(w)
    made = content.profileManager.Create(_spec('plain'))
    vm = w.vm()
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(vmProfile=[vim.vm.DefinedProfileSpec(profileId=made.uniqueId)])))
    entity = pbm.ServerObjectRef(objectType='virtualMachine', key=vm._moId)
    equal([p.uniqueId for p in content.profileManager.QueryAssociatedProfile(entity)], [made.uniqueId])
    equal([e.key for e in content.profileManager.QueryAssociatedEntity(made, 'virtualMachine')], [vm._moId])
    result = content.complianceManager.CheckCompliance([entity])[0]
    equal([result.complianceStatus, result.profile.uniqueId], ['compliant', made.uniqueId])
    equal(type(content.profileManager.Delete([made])[0].fault).__name__, 'pbm.fault.ResourceInUse')
    raises(vmodl.fault.InvalidArgument, vm.ReconfigVM_Task, vim.vm.ConfigSpec(vmProfile=[vim.vm.DefinedProfileSpec(profileId='none')]))


@check('pyvmomi.pbm.placement', 'a policy fits the datastores that have what it asks for')
def placement(w):
    content = _content(w)
    stores = sorted(d._moId for d in w.all(vim.Datastore))
    anywhere = content.profileManager.Create(_spec('anywhere'))
    solver = content.placementSolver
    equal(sorted(hub.hubId for hub in solver.QueryMatchingHub(profile=anywhere)), stores)
    vsan = pbm.profile.ProfileId(uniqueId=VSAN)
    equal(list(solver.QueryMatchingHub(profile=vsan)), [])
    need = pbm.placement.CapabilityProfileRequirement(profileId=vsan)
    results = solver.CheckRequirements(placementSubjectRequirement=[need])
    equal(sorted(r.hub.hubId for r in results), stores)
    ok(all(type(r.error[0]).__name__ == 'pbm.fault.PropertyMismatchFault' for r in results), 'why not', results)


if __name__ == '__main__':
    main()
