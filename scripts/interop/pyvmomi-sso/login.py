"""Single sign-on by pyVim.sso: tokens for whoever bears them and for the holder of a key, and sessions by them."""
import ssl
import subprocess
import sys
import tempfile
from os.path import abspath, dirname, join

sys.path.insert(0, join(dirname(dirname(abspath(__file__))), 'pyvmomi'))

from pyVim import sso  # noqa: E402
from pyVim.connect import VimSessionOrientedStub  # noqa: E402
from pyVmomi import SoapStubAdapter, vim  # noqa: E402

from harness import check, equal, main, ok  # noqa: E402

WORLD = 'vcenter'

_INSECURE = ssl._create_unverified_context()


def _sts(w):
    return w.base + '/sts/STSService/vsphere.local'


def _user(w, login, **more):
    """The user of a session that this way of login opens."""
    inner = SoapStubAdapter(host=w.url.hostname, port=w.url.port, path='/sdk', version='vim.version.version9', sslContext=_INSECURE, **more)
    content = vim.ServiceInstance('ServiceInstance', VimSessionOrientedStub(inner, login)).content
    return content.sessionManager.currentSession.userName


@check('pyvmomi-sso.bearer', 'a password gives a token, and the token a session')
def bearer(w):
    login = VimSessionOrientedStub.makeCredBearerTokenLoginMethod('ann', 'secret', _sts(w), ssl_context=_INSECURE)
    equal(_user(w, login), 'VSPHERE.LOCAL\\ann')


@check('pyvmomi-sso.holder', 'a certificate gives a token for the holder of its key, and a signed call a session')
def holder(w):
    with tempfile.TemporaryDirectory() as folder:
        cert, key = join(folder, 'user.crt'), join(folder, 'user.key')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=robot', '-days', '10'], check=True, capture_output=True)
        login = VimSessionOrientedStub.makeCertHokTokenLoginMethod(_sts(w), ssl_context=_INSECURE)
        equal(_user(w, login, certFile=cert, certKeyFile=key), 'VSPHERE.LOCAL\\robot')


@check('pyvmomi-sso.no-password', 'without a password there is no token, in words that the client understands')
def no_password(w):
    try:
        sso.SsoAuthenticator(_sts(w)).get_bearer_saml_assertion('ann', '', ssl_context=_INSECURE)
    except sso.SoapException as fault:
        ok('FailedAuthentication' in str(fault), 'FailedAuthentication', str(fault))
    else:
        ok(False, 'a fault')


if __name__ == '__main__':
    main()
