Feature: The REST side has sessions, tags and content libraries of the same world

  Background:
    Given the world "one-vm"
    And I have logged in to the REST side

  Scenario: A session ends with its login
    When I send "GET /api/session"
    Then the HTTP status is 200
    And the reply has "administrator"
    When I send "DELETE /api/session"
    Then the HTTP status is 204
    When I send "GET /api/vcenter/vm"
    Then the HTTP status is 401
    And nothing changes

  @error-path
  Scenario: A wrong password opens no session
    When I send "POST /api/session" with the header "Authorization: Basic bm9ib2R5Ondyb25n"
    Then the HTTP status is 401
    And the reply is:
      """
      error_type: UNAUTHENTICATED
      """
    And nothing changes

  Scenario: What the inventory has, REST shows in both dialects, and power goes through it
    When I send "GET /api/vcenter/vm"
    Then the reply is:
      """
      - { name: web, power_state: POWERED_OFF, cpu_count: 1, memory_size_MiB: 512 }
      """
    When I keep "[0].vm" of the reply as "vm"
    And I send "POST /api/vcenter/vm/<kept vm>/power?action=start"
    Then the HTTP status is 204
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOn"
    When I send "GET /rest/vcenter/vm?filter.power_states=POWERED_ON"
    Then the reply is:
      """
      value: [{ name: web, power_state: POWERED_ON }]
      """
    When I send "POST /api/vcenter/vm/<kept vm>/power?action=start"
    Then the HTTP status is 400
    And the reply is:
      """
      error_type: ALREADY_IN_DESIRED_STATE
      """
    And the changes are:
      | change  | what                      | fact        | from       | to        |
      | changed | /DC0/vm/web               | power state | poweredOff | poweredOn |
      | added   | [datastore1] web/web.vswp |             |            |           |

  Scenario: A tag goes with the machine that has it
    Given I have sent "GET /api/cis/tagging/tag"
    When I send "POST /api/cis/tagging/category" with:
      """
      { "name": "region", "description": "", "cardinality": "SINGLE", "associable_types": ["VirtualMachine"] }
      """
    And I keep "" of the reply as "category"
    And I send "POST /api/cis/tagging/tag" with:
      """
      { "category_id": "<kept category>", "name": "eu", "description": "Europe" }
      """
    And I keep "" of the reply as "tag"
    And I send "GET /api/vcenter/vm"
    And I keep "[0].vm" of the reply as "vm"
    And I send "POST /api/cis/tagging/tag-association/<kept tag>?action=attach" with:
      """
      { "object_id": { "type": "VirtualMachine", "id": "<kept vm>" } }
      """
    Then the HTTP status is 204
    When I send "POST /rest/com/vmware/cis/tagging/tag-association/id:<kept tag>?~action=list-attached-objects"
    Then the reply is:
      """
      value: [{ type: VirtualMachine, id: <kept vm> }]
      """
    And nothing changes
    When I call Destroy_Task of "/DC0/vm/web"
    And I send "POST /api/cis/tagging/tag-association/<kept tag>?action=list-attached-objects"
    Then the body is "[]"

  @error-path
  Scenario: A category that is there, and a tag of none
    When I send "POST /api/cis/tagging/category" with:
      """
      { "name": "region", "description": "", "cardinality": "SINGLE", "associable_types": [] }
      """
    And I send "POST /api/cis/tagging/category" with:
      """
      { "name": "region", "description": "", "cardinality": "MULTIPLE", "associable_types": [] }
      """
    Then the HTTP status is 400
    And the reply is:
      """
      error_type: ALREADY_EXISTS
      """
    When I send "POST /api/cis/tagging/tag" with:
      """
      { "category_id": "urn:none", "name": "eu", "description": "" }
      """
    Then the HTTP status is 404
    When I send "GET /api/cis/tagging/tag"
    Then the body is "[]"
    And nothing changes

  Scenario: What is pushed into a library lies on its datastore when the session is complete
    When I send "GET /api/vcenter/datastore"
    And I keep "[0].datastore" of the reply as "datastore"
    And I send "POST /api/content/local-library" with:
      """
      { "name": "content", "storage_backings": [{ "type": "DATASTORE", "datastore_id": "<kept datastore>" }] }
      """
    Then the HTTP status is 201
    When I keep "" of the reply as "library"
    And I send "POST /api/content/library/item" with:
      """
      { "library_id": "<kept library>", "name": "disc", "type": "iso", "description": "" }
      """
    And I keep "" of the reply as "item"
    And I send "POST /api/content/library/item/update-session" with:
      """
      { "library_item_id": "<kept item>" }
      """
    And I keep "" of the reply as "session"
    And I send "POST /api/content/library/item/update-session/<kept session>/file" with:
      """
      { "name": "a.iso", "source_type": "PUSH", "size": 5 }
      """
    And I send "POST /api/content/library/item/update-session/<kept session>?action=complete"
    Then the HTTP status is 400
    When I send "GET /api/content/library/item/<kept item>/file"
    Then the body is "[]"
    When I send "GET /api/content/library/item/update-session/<kept session>/file"
    And I keep "[0].upload_endpoint.uri" of the reply as "url"
    And I send "PUT <kept url>" with:
      """
      bytes
      """
    And I send "POST /api/content/library/item/update-session/<kept session>?action=complete"
    Then the HTTP status is 204
    And "[datastore1] contentlib-<kept library>/<kept item>/a.iso" exists
    When I send "DELETE /api/content/local-library/<kept library>"
    Then the HTTP status is 204
    And nothing changes
