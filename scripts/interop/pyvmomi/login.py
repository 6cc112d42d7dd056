"""Logging in where only one user may."""
from harness import check, equal, main, raises, vim

WORLD = 'strict'


@check('pyvmomi.connect.wrong-password', 'a wrong password is InvalidLogin')
def wrong(w):
    raises(vim.fault.InvalidLogin, w.connect, 'user', 'wrong')
    equal(w.si.CurrentTime() is not None, True)


if __name__ == '__main__':
    main()
