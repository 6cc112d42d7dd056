// Hostile and broken documents: always Fault('InvalidRequest'), quickly; namespaces as careless clients write them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../fault.ts';
import { childOf, namespaceOf, parseXml, pathOf } from './xml.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

function refused(body: Uint8Array | string, message: RegExp): void {
  const start = performance.now();
  assert.throws(
    () => parseXml(body),
    (error: unknown) => {
      assert.ok(error instanceof Fault, `a Fault, not ${String(error)}`);
      assert.equal(error.type, 'InvalidRequest');
      assert.match(error.message, message);
      assert.ok(error.message.length < 500);
      return true;
    },
  );
  assert.ok(performance.now() - start < 3000);
}

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding);

test('xsi:type with any prefix, an undeclared one, and not with a foreign one', () => {
  const types = (xml: string): unknown => parseXml(xml).children.map((child) => child.xsiType);
  assert.deepEqual(types(`<a xmlns:xsi="${XSI}"><b xsi:type="xsd:string"/></a>`), ['string']);
  assert.deepEqual(types(`<a xmlns:q="${XSI}"><b q:type="X"/></a>`), ['X']);
  assert.deepEqual(types('<a><b XMLSchema-instance:type="xsd:int"/></a>'), ['int']);
  assert.deepEqual(types('<a xmlns:other="urn:other"><b other:type="X"/></a>'), [undefined]);
  assert.deepEqual(types(`<a><b z:type="Y" xmlns:z="${XSI}"/><b xmlns:z="urn:z" z:type="Y"/></a>`), ['Y', undefined]);
  const both = parseXml('<a type="HostSystem" xsi:type="ManagedObjectReference">h</a>');
  assert.deepEqual([both.refType, both.xsiType, both.text], ['HostSystem', 'ManagedObjectReference', 'h']);
  assert.equal(parseXml('<a xsi:nil="true"/>').nil, true);
});

test('namespaces, text, CDATA, entities, comments', () => {
  const root = parseXml('<s:a xmlns:s="urn:s" xmlns="urn:d"><b/><c xmlns=""/><u:d/></s:a>');
  assert.equal(namespaceOf(root), 'urn:s');
  assert.deepEqual(root.children.map(namespaceOf), ['urn:d', '', undefined]);
  assert.equal(namespaceOf(parseXml('<a/>')), '');
  assert.equal(parseXml('<a>x<!-- no -->&lt;&#65;&#x1F600;<![CDATA[<&>]]></a>').text, 'x<A\u{1f600}<&>');
  assert.equal(parseXml('<a>\n <b>t</b>\n</a>').text, '');
  assert.equal(childOf(parseXml('<a><x/><b>1</b><b>2</b></a>'), 'b')!.text, '1');
});

test('paths count from the method element and index what repeats', () => {
  const root = parseXml('<E><Body><M><spec><d/><d><k/></d></spec></M></Body></E>');
  const method = root.children[0]!.children[0]!;
  assert.equal(pathOf(method.children[0]!.children[1]!.children[0]!), 'spec.d[1].k');
  assert.equal(pathOf(method), 'M');
});

test('encodings: UTF-8 with and without mark, declared Latin-1, the rest refused', () => {
  assert.equal(parseXml(bytes('<a>é</a>')).text, 'é');
  assert.equal(parseXml(bytes('\ufeff<?xml version="1.0" encoding="UTF-8"?><a>é</a>')).text, 'é');
  assert.equal(parseXml('\ufeff<a>é</a>').text, 'é');
  assert.equal(parseXml(bytes('<?xml version="1.0" encoding="us-ascii"?><a>e</a>')).text, 'e');
  assert.equal(parseXml(bytes("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>", 'latin1')).text, 'é');
  refused(bytes('<a>é</a>', 'latin1'), /not valid UTF-8 \(near byte \d+\)/);
  refused(bytes(`<a>${'é'.repeat(5000)}\u0000`, 'latin1'), /not valid UTF-8/);
  refused(bytes('<a>x</a>', 'utf16le'), /UTF-16/);
  refused(bytes('\ufeff<a>x</a>', 'utf16le'), /UTF-16/);
  refused(bytes('<?xml version="1.0" encoding="Shift_JIS"?><a/>'), /"shift_jis"/);
  refused('<?xml version="1.0" encoding="utf-16"?><a/>', /"utf-16"/);
});

test('DOCTYPE and entities are refused, whatever they would expand to', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i} "${'&a;'.repeat(10)}">`).join('')}]><b>&a8;</b>`;
  refused(bomb, /DOCTYPE/);
  refused('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', /DOCTYPE/);
  refused('<a>&custom;</a>', /entity/);
  refused('<a b="&custom;"/>', /entity/);
  refused('<a>&#0;</a>', /not well-formed/);
  refused('<a>&#x110000;</a>', /not well-formed/);
});

test('broken documents say where they break', () => {
  for (const text of ['<a', '<a>', '<a><b></a>', '<a/><b/>', '<a b=1/>', '<a b="1" b="2"/>', '</a>', 'hello', '{"json":1}', '<a>\u0000</a>', '<a>&</a>', '<1/>', '<a><![CDATA[x</a>', '<a><!-- </a>', '<?xml version="1.0"?>', '<a>]]></a>', '<a b="<"/>', '']) {
    refused(text, /not well-formed XML: \d+:\d+|empty|needed/);
    refused(bytes(text), /not well-formed XML: \d+:\d+|empty|needed/);
  }
  refused(new Uint8Array(0), /./);
  refused(new Uint8Array(1000), /not well-formed/);
});

test('depth and size have limits; within them size costs linear time', () => {
  parseXml('<a>'.repeat(200) + '</a>'.repeat(200));
  refused('<a>'.repeat(201) + '</a>'.repeat(201), /deeper than 200/);
  refused('<a>'.repeat(1_000_000), /deeper than 200/);
  refused(new Uint8Array(33 * 1024 * 1024).fill(0x20), /too long: 34603008 bytes/);
  refused(`<!DOCTYPE ${'x'.repeat(5_000_000)}`, /well-formed|DOCTYPE/);
  refused(`<a b="${'x'.repeat(5_000_000)}`, /well-formed/);
  refused(`<${'x'.repeat(2_000_000)}`, /well-formed/);
  refused(`<a>${'&amp;'.repeat(500_000)}`, /well-formed/);
  refused(`<a>${'<!---->'.repeat(300_000)}`, /well-formed/);
  assert.equal(parseXml(`<a b="${'x'.repeat(5_000_000)}"/>`).name, 'a');
  assert.equal(parseXml(`<a ${Array.from({ length: 20_000 }, (_, i) => `b${i}="1"`).join(' ')}/>`).name, 'a');
  refused(`<a ${Array.from({ length: 2000 }, (_, i) => `xmlns:b${i}="u" b${i}:type="1"`).join(' ')}/>`, /namespace declarations/);
  refused(`<a>${'<b/>'.repeat(600_000)}</a>`, /more than 500000 elements/);
  assert.equal(parseXml(`<a>${'<b/>'.repeat(300_000)}</a>`).children.length, 300_000);
  assert.equal(parseXml('<a __proto__="1" constructor="2" type="T"/>').refType, 'T');
});
