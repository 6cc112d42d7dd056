# rbvmomi: the Ruby client of Chef, Vagrant and Fog.
require_relative 'harness'

WORLD = 'vcenter'

check('rbvmomi.login', 'a connection is made, and the server says what it is') do |vim|
  equal(vim.serviceContent.about.apiType, 'VirtualCenter')
end

check('rbvmomi.find', 'machines, hosts and datastores are found by name') do |_vim, dc|
  equal(dc.find_vm('DC0_H0_VM0').name, 'DC0_H0_VM0')
  equal(dc.find_datastore('LocalDS_0').summary.name, 'LocalDS_0')
  equal(dc.find_vm('nobody'), nil)
  equal(dc.hostFolder.childEntity.map(&:name).sort, %w[DC0_C0 DC0_H0])
end

check('rbvmomi.power', 'a machine is powered off, and another is not') do |_vim, dc|
  dc.find_vm('DC0_H0_VM0').PowerOffVM_Task.wait_for_completion
  equal(dc.find_vm('DC0_H0_VM0').runtime.powerState, 'poweredOff')
  equal(dc.find_vm('DC0_H0_VM1').runtime.powerState, 'poweredOn')
end

check('rbvmomi.task-error', 'the error of a task is its fault') do |_vim, dc|
  fault = fault_of { dc.find_vm('DC0_H0_VM0').PowerOnVM_Task.wait_for_completion }
  equal(fault.class.name.split('::').last, 'InvalidPowerState')
  equal(fault.existingState, 'poweredOn')
end

check('rbvmomi.fault', 'the fault of a call has its fields') do |vim, _dc|
  made = vim.rootFolder.CreateFolder(name: 'ruby')
  fault = fault_of { vim.rootFolder.CreateFolder(name: 'ruby') }
  equal([fault.class.name.split('::').last, fault.name, fault.object._ref], ['DuplicateName', 'ruby', made._ref])
end

check('rbvmomi.create', 'a machine is made, reconfigured and destroyed') do |_vim, dc|
  pool = dc.hostFolder.childEntity.find { |item| item.name == 'DC0_C0' }.resourcePool
  config = { name: 'ruby-vm', guestId: 'otherGuest', files: { vmPathName: '[LocalDS_0]' }, numCPUs: 1, memoryMB: 64 }
  vm = dc.vmFolder.CreateVM_Task(config: config, pool: pool).wait_for_completion
  vm.ReconfigVM_Task(spec: { memoryMB: 128, annotation: 'from Ruby' }).wait_for_completion
  equal([vm.config.hardware.memoryMB, vm.config.annotation], [128, 'from Ruby'])
  vm.Destroy_Task.wait_for_completion
  equal(dc.find_vm('ruby-vm'), nil)
end

check('rbvmomi.snapshot', 'a snapshot is taken and reverted to') do |_vim, dc|
  vm = dc.find_vm('DC0_H0_VM0')
  vm.CreateSnapshot_Task(name: 'before', memory: false, quiesce: false).wait_for_completion
  vm.PowerOffVM_Task.wait_for_completion
  vm.ReconfigVM_Task(spec: { annotation: 'changed' }).wait_for_completion
  vm.snapshot.rootSnapshotList.first.snapshot.RevertToSnapshot_Task.wait_for_completion
  equal(vm.config.annotation.to_s, '')
end

check('rbvmomi.collect', 'many properties come in one call') do |vim, dc|
  vms = dc.vmFolder.childEntity
  rows = vim.propertyCollector.collectMultiple(vms, 'name', 'runtime.powerState')
  equal(rows.values.map { |row| row['name'] }.sort, %w[DC0_C0_RP0_VM0 DC0_C0_RP0_VM1 DC0_H0_VM0 DC0_H0_VM1])
end

run
