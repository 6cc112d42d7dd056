Feature: Machines are encrypted with keys of a key provider

  Background:
    Given the world "one-vm"
    And I have called RegisterKmipServer of "CryptoManagerKmip:CryptoManager" with:
      """
      server: { clusterId: { id: kp }, info: { name: server, address: kms.example.com, port: 5696 } }
      """

  Scenario: A machine is encrypted with a key
    Given I have called AddKey of "CryptoManagerKmip:CryptoManager" with:
      """
      key: { keyId: { keyId: key-1, providerId: { id: kp } }, algorithm: AES-256, keyData: c2VjcmV0 }
      """
    When I call ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { crypto: { _type: CryptoSpecEncrypt, cryptoKeyId: { keyId: key-1, providerId: { id: kp } } } }
      """
    Then "config.keyId.keyId" of "/DC0/vm/web" becomes "key-1"

  @error-path
  Scenario: A key that the provider does not have
    When I call ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { crypto: { _type: CryptoSpecEncrypt, cryptoKeyId: { keyId: key-1, providerId: { id: kp } } } }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: configSpec.crypto.cryptoKeyId
      """
