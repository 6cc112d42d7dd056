// A plain caller for the scenarios: every call over HTTP, nothing remembered but the cookie. It is not the product's
// client, so that a mistake there cannot hide one in the simulator. Speaks the scenario's names; the endpoint sees its own.
import { Agent, request } from 'node:https';
import {
  plain, readResponse, reference, writeRequest, type ManagedObjectReference, type ObjectContent, type RetrieveResult, type ServiceContent,
} from '../../core/vim25/index.ts';
import { SAME_NAMES, type Names } from './names.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const NOBODYS: ReadonlySet<string> = new Set();

export class Api {
  readonly base: URL;
  cookie: string | undefined;
  /** The session of the REST side or of VI/JSON, when there is one. */
  token: string | undefined;
  content!: ServiceContent;
  private readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  private readonly names: Names;
  readonly theirs: ReadonlySet<string>;
  private readonly operationId: string | undefined;

  /** `operationId` marks every call for whoever reads a trace; `theirs` are objects ('Type:value') of an endpoint's other users. */
  constructor(base: URL, { names = SAME_NAMES, operationId, theirs = NOBODYS }: { readonly names?: Names; readonly operationId?: string; readonly theirs?: ReadonlySet<string> } = {}) {
    this.base = base;
    this.names = names;
    this.theirs = theirs;
    this.operationId = operationId;
  }

  /** Fetches the service content and logs in. */
  async login(userName: string, password: string): Promise<void> {
    this.content = (await this.call(reference('ServiceInstance', 'ServiceInstance'), 'RetrieveServiceContent')) as ServiceContent;
    await this.call(this.content.sessionManager!, 'Login', { userName, password });
  }

  /** Calls a method. Throws the server's Fault. */
  async call(self: ManagedObjectReference, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const { body, soapAction } = writeRequest(method, self, args, { version: this.content?.about.apiVersion ?? '6.0', ...(this.operationId === undefined ? {} : { operationId: this.operationId }) });
    const reply = await this.post('/sdk', body, { SOAPAction: soapAction });
    return readResponse(reply.body, method, self.type);
  }

  /** Sends any body and returns what came back. */
  post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.send('POST', path, body, { 'Content-Type': 'text/xml; charset=utf-8', ...headers });
  }

  /** Sends any request; the path goes out as it is written, but for names. */
  send(method: string, path: string, body: string | Uint8Array | undefined, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const call = request(this.base, {
        method,
        path: this.names.there(path),
        agent: this.agent,
        headers: { ...(this.cookie === undefined ? {} : { Cookie: this.cookie }), ...(this.token === undefined ? {} : { 'vmware-api-session-id': this.token }), ...headers },
      }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const set = response.headers['set-cookie']?.find((line) => line.startsWith('vmware_soap_session='));
          if (set) this.cookie = set.split(';')[0];
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: this.names.here(Buffer.concat(chunks).toString('utf8')) });
        });
      });
      call.on('error', reject);
      call.end(typeof body === 'string' ? this.names.there(body) : body);
    });
  }

  /** One property of one object, unwrapped; undefined when it is unset. */
  async read(ref: ManagedObjectReference, path: string): Promise<unknown> {
    const [object] = await this.retrieve([{ _type: 'ObjectSpec', obj: ref }], [{ type: ref.type, pathSet: [path] }]);
    return plain(object?.propSet?.[0]?.val);
  }

  /** Everything a RetrievePropertiesEx gives, continued to its end. */
  async retrieve(objectSet: readonly object[], propSet: readonly object[]): Promise<readonly ObjectContent[]> {
    const collector = this.content.propertyCollector;
    let page = (await this.call(collector, 'RetrievePropertiesEx', { specSet: [{ objectSet, propSet }], options: {} })) as RetrieveResult | undefined;
    const objects: ObjectContent[] = [];
    while (page) {
      objects.push(...page.objects);
      if (page.token === undefined) break;
      page = (await this.call(collector, 'ContinueRetrievePropertiesEx', { token: page.token })) as RetrieveResult;
    }
    return objects;
  }

  /** The object set of a recursive container view over the whole inventory. */
  async everything(types: readonly string[]): Promise<readonly object[]> {
    const view = (await this.call(this.content.viewManager!, 'CreateContainerView', { container: this.content.rootFolder, type: types, recursive: true })) as ManagedObjectReference;
    return [{ obj: view, skip: true, selectSet: [{ _type: 'TraversalSpec', type: 'ContainerView', path: 'view', skip: false }] }];
  }

  close(): void {
    this.agent.destroy();
  }
}
