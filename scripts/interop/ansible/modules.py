"""Ansible's community.vmware: each check runs modules as a playbook does, twice where that must change nothing, and looks at
the server with pyVmomi."""
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from os.path import abspath, dirname, join

sys.path.insert(0, dirname(dirname(abspath(__file__))))

from pyVim.connect import SmartConnect  # noqa: E402
from pyVmomi import vim  # noqa: E402

from checks import Mismatch, Server, check, equal, ok, run  # noqa: E402

WORLD = 'vcenter'

HOME = tempfile.mkdtemp(prefix='ansible-')


class World(Server):
    def fresh(self):
        self.restore()
        self.si = SmartConnect(host=self.url.hostname, port=self.url.port, user=self.url.username, pwd=self.url.password, disableSslCertValidation=True)
        self.content = self.si.RetrieveContent()

    def at(self, path):
        return self.content.searchIndex.FindByInventoryPath(path)

    def module(self, name, /, **args):
        """What a module gives; fails when it fails."""
        result = self.outcome(name, **args)
        if result.get('failed'):
            raise Mismatch(name, 'no failure', result.get('msg'))
        return result

    def outcome(self, name, /, **args):
        login = {'hostname': self.url.hostname, 'port': self.url.port, 'username': self.url.username, 'password': self.url.password, 'validate_certs': False}
        environment = {**os.environ, 'ANSIBLE_PYTHON_INTERPRETER': sys.executable, 'ANSIBLE_LOCALHOST_WARNING': 'False', 'ANSIBLE_INVENTORY_UNPARSED_WARNING': 'False',
                       'ANSIBLE_NOCOLOR': '1', 'ANSIBLE_HOME': HOME, 'ANSIBLE_DEPRECATION_WARNINGS': 'False', 'LC_ALL': 'C.UTF-8'}
        done = subprocess.run([join(dirname(sys.executable), 'ansible'), 'localhost', '-o', '-m', 'community.vmware.' + name, '-a', json.dumps({**login, **args})],
                              capture_output=True, text=True, env=environment, timeout=120)
        start = done.stdout.find('{')
        if start < 0:
            raise Mismatch(name, 'a result', done.stdout + done.stderr)
        result = json.JSONDecoder().raw_decode(done.stdout[start:])[0]
        # Only the line's beginning says that it failed.
        return {**result, 'failed': 'FAILED!' in done.stdout[:start]}

    def twice(self, name, /, **args):
        """Runs a module that changes something, and again: then there is nothing to change."""
        first = self.module(name, **args)
        equal(first['changed'], True, 'changed at first')
        equal(self.module(name, **args)['changed'], False, 'changed the second time')
        return first


GUEST = {'name': 'ansible-vm', 'datacenter': 'DC0', 'cluster': 'DC0_C0', 'folder': '/DC0/vm'}


@check('ansible.about', 'the server says what it is')
def about(w):
    equal(w.module('vmware_about_info')['about_info']['api_type'], 'VirtualCenter')


@check('ansible.vm-info', 'every machine, with its host and address')
def vm_info(w):
    found = {vm['guest_name']: vm for vm in w.module('vmware_vm_info')['virtual_machines']}
    equal(sorted(found), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1', 'DC0_H0_VM0', 'DC0_H0_VM1'])
    equal(found['DC0_H0_VM0']['esxi_hostname'], 'DC0_H0')
    equal(found['DC0_H0_VM0']['power_state'], 'poweredOn')


@check('ansible.guest', 'a machine is made with disk and network, and destroyed')
def guest(w):
    made = w.module('vmware_guest', **GUEST, state='poweredon', guest_id='otherGuest', disk=[{'size_gb': 1, 'type': 'thin', 'datastore': 'LocalDS_0'}],
                    hardware={'memory_mb': 64, 'num_cpus': 2, 'scsi': 'paravirtual'}, networks=[{'name': 'VM Network', 'device_type': 'vmxnet3'}])
    equal(made['instance']['hw_power_status'], 'poweredOn')
    vm = w.at('DC0/vm/ansible-vm')
    equal((vm.config.hardware.numCPU, vm.config.hardware.memoryMB), (2, 64))
    kinds = [type(device) for device in vm.config.hardware.device]
    ok(vim.vm.device.ParaVirtualSCSIController in kinds and vim.vm.device.VirtualVmxnet3 in kinds, 'a paravirtual controller and a vmxnet3', kinds)
    w.module('vmware_guest', **GUEST, state='absent', force=True)
    equal(w.at('DC0/vm/ansible-vm'), None)


@check('ansible.power', 'a machine is off, and off already the second time')
def power(w):
    w.twice('vmware_guest_powerstate', name='DC0_H0_VM0', state='powered-off', folder='/DC0/vm')
    equal(w.at('DC0/vm/DC0_H0_VM0').runtime.powerState, 'poweredOff')
    equal(w.at('DC0/vm/DC0_H0_VM1').runtime.powerState, 'poweredOn')


@check('ansible.clone', 'a machine is made from another')
def clone(w):
    w.module('vmware_guest', **GUEST, template='DC0_C0_RP0_VM0', state='poweredoff')
    equal(w.at('DC0/vm/ansible-vm').runtime.powerState, 'poweredOff')


@check('ansible.snapshot', 'a snapshot is taken, told of and removed')
def snapshot(w):
    args = {'datacenter': 'DC0', 'folder': '/DC0/vm', 'name': 'DC0_H0_VM0'}
    w.module('vmware_guest_snapshot', **args, state='present', snapshot_name='one', description='first')
    told = w.module('vmware_guest_snapshot_info', **args)['guest_snapshots']
    equal([item['name'] for item in told['snapshots']], ['one'])
    w.module('vmware_guest_snapshot', **args, state='absent', snapshot_name='one')
    equal(w.at('DC0/vm/DC0_H0_VM0').snapshot, None)


@check('ansible.folder', 'a folder of machines')
def folder(w):
    w.twice('vcenter_folder', datacenter_name='DC0', folder_name='team', folder_type='vm', state='present')
    equal(sorted(w.at('DC0/vm/team').childType), ['Folder', 'VirtualApp', 'VirtualMachine'])


@check('ansible.datacenter', 'a datacenter comes and goes')
def datacenter(w):
    w.twice('vmware_datacenter', datacenter_name='DC9', state='present')
    w.twice('vmware_datacenter', datacenter_name='DC9', state='absent')
    equal(w.at('DC9'), None)


@check('ansible.cluster', 'a cluster with DRS and HA settings')
def cluster(w):
    w.twice('vmware_cluster', datacenter_name='DC0', cluster_name='new', state='present')
    w.twice('vmware_cluster_drs', datacenter_name='DC0', cluster_name='new', enable=True, drs_default_vm_behavior='partiallyAutomated')
    equal(w.at('DC0/host/new').configurationEx.drsConfig.defaultVmBehavior, 'partiallyAutomated')
    equal(w.at('DC0/host/DC0_C0').configurationEx.drsConfig.enabled, True)


@check('ansible.portgroup', 'a port group on a host, with its VLAN')
def portgroup(w):
    w.twice('vmware_portgroup', cluster_name='DC0_C0', switch='vSwitch0', portgroup='blue', vlan_id=42, state='present')
    equal(sorted(item.name for item in w.at('DC0/host/DC0_C0').network if item.name == 'blue'), ['blue'])


@check('ansible.dvs', 'a distributed switch and a port group of it')
def dvs(w):
    w.twice('vmware_dvswitch', datacenter='DC0', switch='dvs9', version='8.0.3', mtu=1500, uplink_quantity=2, state='present')
    w.twice('vmware_dvs_portgroup', switch_name='dvs9', portgroup_name='green', vlan_id=7, num_ports=16, port_binding='static', state='present')
    equal(w.at('DC0/network/green').config.defaultPortConfig.vlan.vlanId, 7)


@check('ansible.host-info', 'facts of a host')
def host_info(w):
    facts = w.module('vmware_host_facts', esxi_hostname='DC0_H0')['ansible_facts']
    equal((facts['ansible_processor_cores'], facts['ansible_hostname']), (16, 'DC0_H0'))


@check('ansible.maintenance', 'a host is in maintenance mode, and out of it')
def maintenance(w):
    w.twice('vmware_maintenancemode', esxi_hostname='DC0_C0_H0', state='present', timeout=30)
    equal(w.at('DC0/host/DC0_C0/DC0_C0_H0').runtime.inMaintenanceMode, True)
    w.twice('vmware_maintenancemode', esxi_hostname='DC0_C0_H0', state='absent', timeout=30)


@check('ansible.datastore-info', 'datastores with their space')
def datastore_info(w):
    found = w.module('vmware_datastore_info', datacenter='DC0')['datastores']
    equal([item['name'] for item in found], ['LocalDS_0'])
    ok(0 < found[0]['freeSpace'] < found[0]['capacity'], 'space that is taken and left', found[0])


@check('ansible.pool', 'a resource pool')
def pool(w):
    w.module('vmware_resource_pool', datacenter='DC0', cluster='DC0_C0', resource_pool='gold', mem_reservation=0, cpu_reservation=100, state='present')
    equal(w.at('DC0/host/DC0_C0/Resources/gold').config.cpuAllocation.reservation, 100)


@check('ansible.role', 'a role with privileges')
def role(w):
    w.twice('vmware_local_role_manager', local_role_name='ops', local_privilege_ids=['VirtualMachine.Interact.PowerOn'], state='present')
    names = {item.name: item.privilege for item in w.content.authorizationManager.roleList}
    ok('VirtualMachine.Interact.PowerOn' in names.get('ops', []), 'the privilege in the role', names.get('ops'))


@check('ansible.wrong-name', 'an unknown machine is a failure that names it')
def wrong_name(w):
    result = w.outcome('vmware_guest_powerstate', name='nobody', state='powered-off', folder='/DC0/vm')
    ok(result.get('failed') and 'nobody' in result.get('msg', ''), 'a failure that names the machine', result.get('msg'))


if __name__ == '__main__':
    run(World(sys.argv[1]), version('ansible'), 'ansible')
