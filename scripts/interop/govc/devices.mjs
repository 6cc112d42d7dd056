// Devices of machines: list, add, connect, media, boot order, remove, network cards.
import { equal, excludes, includes, match, ok, topic } from '../check.mjs';

const names = async (g, vm = 'DC0_H0_VM0') => (await g.lines(`device.ls -vm ${vm}`)).map((line) => line.split(/\s+/)[0]);

export default topic('govc.device', {
  'ls: lists devices with type and summary': async (g) => {
    const lines = await g.lines('device.ls -vm DC0_H0_VM0');
    for (const line of [/^ide-200\s+VirtualIDEController\s+IDE 0$/, /^pci-100\s+VirtualPCIController\s+PCI controller 0$/, /^ethernet-0\s+Virtual\w+\s+DVSwitch: \S/, /^disk-\d+-0\s+VirtualDisk\s+[\d,]+ KB$/]) ok(lines.some((text) => line.test(text.trim())), `a line like ${line}`, lines);
  },
  'info: prints a disk with file, size and controller': async (g) => {
    const text = await g.text('device.info -vm DC0_H0_VM0 disk-*');
    for (const line of [/^Name:\s+disk-/m, /Type:\s+VirtualDisk$/m, /Label:\s+Hard disk 1$/m, /Controller:\s+\S+/m, /Unit number:\s+0$/m, /File:\s+\[LocalDS_0\] DC0_H0_VM0\/\S+\.vmdk$/m]) match(text, line);
  },
  'info-net: finds the card on a network': async (g) => {
    const [card] = await g.devices('DC0_H0_VM0', 'ethernet-0');
    match(card.macAddress, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i);
    equal(card.connectable.connected, true);
  },
  'cdrom-add: a drive is added, an image inserted and ejected': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const before = await names(g);
    const name = await g.text('device.cdrom.add -vm DC0_H0_VM0');
    excludes(before, name);
    includes(await names(g), name);
    await g.run('datastore.upload - boot.iso', { input: 'image' });
    await g.run(`device.cdrom.insert -vm DC0_H0_VM0 -device ${name} boot.iso`);
    equal((await g.devices('DC0_H0_VM0', name))[0].backing.fileName, '[LocalDS_0] boot.iso');
    await g.run(`device.cdrom.eject -vm DC0_H0_VM0 -device ${name}`);
    ok(!/boot\.iso/.test(JSON.stringify((await g.devices('DC0_H0_VM0', name))[0].backing)), 'no image in the drive');
  },
  'floppy: a drive is added, an image inserted and ejected': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const [existing] = (await names(g)).filter((name) => name.startsWith('floppy-'));
    if (existing !== undefined) await g.run(`device.remove -vm DC0_H0_VM0 ${existing}`);
    const name = await g.text('device.floppy.add -vm DC0_H0_VM0');
    match(name, /^floppy-/);
    await g.run('datastore.upload - disk.img', { input: 'image' });
    await g.run(`device.floppy.insert -vm DC0_H0_VM0 -device ${name} disk.img`);
    equal((await g.devices('DC0_H0_VM0', name))[0].backing.fileName, '[LocalDS_0] disk.img');
    await g.run(`device.floppy.eject -vm DC0_H0_VM0 -device ${name}`);
    ok(!/disk\.img/.test(JSON.stringify((await g.devices('DC0_H0_VM0', name))[0].backing)), 'no image in the drive');
  },
  'serial: a port is connected to an address and disconnected': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const name = await g.text('device.serial.add -vm DC0_H0_VM0');
    match(name, /^serialport-/);
    await g.run(`device.serial.connect -vm DC0_H0_VM0 -device ${name} telnet://:33233`);
    equal((await g.devices('DC0_H0_VM0', name))[0].backing.serviceURI, 'telnet://:33233');
    await g.run(`device.serial.disconnect -vm DC0_H0_VM0 -device ${name}`);
    ok(!/33233/.test(JSON.stringify((await g.devices('DC0_H0_VM0', name))[0].backing)), 'no address any more');
  },
  'serial-file: a port writes to a file beside the machine': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const name = await g.text('device.serial.add -vm DC0_H0_VM0');
    await g.run(`device.serial.connect -vm DC0_H0_VM0 -device ${name} -`);
    equal((await g.devices('DC0_H0_VM0', name))[0].backing.fileName, `[LocalDS_0] DC0_H0_VM0/${name}.log`);
  },
  'scsi: a controller of each kind': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    for (const [kind, type] of [['pvscsi', 'ParaVirtualSCSIController'], ['lsilogic-sas', 'VirtualLsiLogicSASController']]) {
      const name = await g.text(`device.scsi.add -vm DC0_H0_VM0 -type ${kind}`);
      const [device] = await g.devices('DC0_H0_VM0', name);
      equal(device.type, type);
      match(device.deviceInfo.label, /^SCSI controller [1-3]$/);
    }
  },
  'scsi-sharing: a controller that is shared': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const name = await g.text('device.scsi.add -vm DC0_H0_VM0 -type pvscsi -sharing virtualSharing');
    equal((await g.devices('DC0_H0_VM0', name))[0].sharedBus, 'virtualSharing');
  },
  'usb: a controller, once of each kind': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    equal(await g.text('device.usb.add -vm DC0_H0_VM0'), 'usb-7000');
    match(await g.text('device.usb.add -vm DC0_H0_VM0 -type xhci'), /^usbxhci-/);
    match(await g.fails('device.usb.add -vm DC0_H0_VM0'), /\w/);
    equal((await names(g)).filter((name) => name.startsWith('usb-')).length, 1);
  },
  'clock: a precision clock': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const name = await g.text('device.clock.add -vm DC0_H0_VM0');
    match(name, /^clock-/);
    includes(await names(g), name);
  },
  'sata: a controller': {
    versions: ['newest'],
    async run(g) {
      await g.run('vm.power -off DC0_H0_VM0');
      const name = await g.text('device.sata.add -vm DC0_H0_VM0');
      match((await g.devices('DC0_H0_VM0', name))[0].type, /AHCI/);
    },
  },
  'connect: a network card is disconnected and connected': async (g) => {
    await g.run('device.disconnect -vm DC0_H0_VM0 ethernet-0');
    equal((await g.devices('DC0_H0_VM0', 'ethernet-0'))[0].connectable.connected, false);
    await g.run('device.connect -vm DC0_H0_VM0 ethernet-0');
    equal((await g.devices('DC0_H0_VM0', 'ethernet-0'))[0].connectable.connected, true);
  },
  'remove: a card is removed, and its network forgets the machine': async (g) => {
    const network = await g.value('/DC0/vm/DC0_H0_VM0', 'network');
    const reference = await g.reference('/DC0/vm/DC0_H0_VM0');
    await g.run('device.remove -vm DC0_H0_VM0 ethernet-0');
    excludes(await names(g), 'ethernet-0');
    excludes((await g.value(network, 'vm')).split(','), reference, 'machines of the network');
  },
  'remove-unknown: a device that is not there is named': async (g) => match(await g.fails('device.remove -vm DC0_H0_VM0 nothing-1'), /device 'nothing-1' not found/),
  'boot: delay, order and firmware': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('device.boot -vm DC0_H0_VM0 -delay 1000 -order ethernet,disk -firmware efi -secure');
    const { config } = await g.properties('/DC0/vm/DC0_H0_VM0', 'config');
    equal([config.bootOptions.bootDelay, config.bootOptions.efiSecureBootEnabled, config.firmware], [1000, true, 'efi']);
    equal((await g.lines('device.ls -vm DC0_H0_VM0 -boot')).map((line) => line.split('-')[0]), ['ethernet', 'disk']);
  },
  'boot-reset: the order is taken back': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('device.boot -vm DC0_H0_VM0 -order ethernet');
    await g.run('device.boot -vm DC0_H0_VM0 -order -');
    equal(await g.lines('device.ls -vm DC0_H0_VM0 -boot'), []);
  },
  'network-add: a second card on another network': async (g) => {
    await g.run(['vm.network.add', '-vm', 'DC0_H0_VM0', '-net', 'VM Network', '-net.adapter', 'vmxnet3']);
    const [card] = await g.devices('DC0_H0_VM0', 'ethernet-1');
    equal([card.type, card.deviceInfo.label, card.backing.deviceName], ['VirtualVmxnet3', 'Network adapter 2', 'VM Network']);
    equal((await g.value('/DC0/vm/DC0_H0_VM0', 'network')).split(',').length, 2);
  },
  'network-change: a card moves to another network': async (g) => {
    await g.run(['vm.network.change', '-vm', 'DC0_H0_VM0', '-net', 'VM Network', 'ethernet-0']);
    const [card] = await g.devices('DC0_H0_VM0', 'ethernet-0');
    equal(card.backing.deviceName, 'VM Network');
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'network'), await g.reference('/DC0/network/VM Network'));
    match(await g.text('vm.info -r DC0_H0_VM0'), /Network:\s+VM Network$/m);
  },
  'network-mac: an address by hand, and a generated one again': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run(['vm.network.change', '-vm', 'DC0_H0_VM0', '-net', 'VM Network', '-net.address', '00:50:56:00:00:77', 'ethernet-0']);
    equal((await g.devices('DC0_H0_VM0', 'ethernet-0'))[0].macAddress, '00:50:56:00:00:77');
    await g.run(['vm.network.change', '-vm', 'DC0_H0_VM0', '-net', 'VM Network', '-net.address', '-', 'ethernet-0']);
    const [card] = await g.devices('DC0_H0_VM0', 'ethernet-0');
    ok(card.addressType.toLowerCase() !== 'manual' && card.macAddress !== '', 'an address that is generated', card);
  },
  'network-unknown: a network that is not there': async (g) => match(await g.fails('vm.network.add -vm DC0_H0_VM0 -net nothing'), /network 'nothing' not found/),
});
