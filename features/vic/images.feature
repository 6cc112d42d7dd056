@docker
Feature: Images are pulled into the store of the VCH, layer by layer

  Background:
    Given the world "one-cluster"

  @CLI-02 @PL-09 @VCH-10
  Scenario Outline: An image of <where> becomes disks that build on each other, in the store of this VCH only
    When I ask Docker of "team-blue" for "POST /images/create?fromImage=<image>&tag=<tag>"
    Then the HTTP status is 200
    And the reply has "Status: Downloaded newer image for <full>:<tag>"
    And "[vsan-1] team-blue/images/VIC/<uuid>/images/<id>/imageMetadata/metaData" exists
    And the changes are:
      | change | what                                            |
      | added  | [vsan-1] team-blue/images/VIC/<uuid>/images/<id> |
      | added  | [vsan-1] team-blue/images/VIC/<uuid>/images/<id> |
    When I ask Docker of "team-blue" for "POST /containers/create?name=one" with:
      """
      Image: "<image>:<tag>"
      """
    And I read "config.hardware.device" of "/DC0/vm/one-<id>"
    Then the result has:
      """
      - _type: VirtualDisk
        backing:
          fileName: "[vsan-1] <id>/<id>.vmdk"
          parent:
            fileName: "[vsan-1] team-blue/images/VIC/<uuid>/images/<id>/<id>.vmdk"
            parent:
              fileName: "[vsan-1] team-blue/images/VIC/<uuid>/images/<id>/<id>.vmdk"
              parent: { fileName: "[vsan-1] team-blue/images/VIC/<uuid>/images/scratch/scratch.vmdk" }
      """
    When I ask Docker of "virtual-container-host" for "GET /images/<image>:<tag>/json"
    Then the HTTP status is 404

    Examples:
      | where              | image                         | tag | full                          |
      | Docker Hub         | nginx                         | 1.10 | library/nginx                |
      | a private registry | registry.example.com/team/app | 1.0 | registry.example.com/team/app |

  @VCH-10
  Scenario: An image that was pulled before is not pulled again
    When I ask Docker of "team-blue" for "POST /images/create?fromImage=busybox&tag=latest"
    Then the HTTP status is 200
    And the reply has "Already exists"
    And the reply has "Status: Image is up to date for library/busybox:latest"
    And nothing changes

  @CLI-02 @error-path
  Scenario Outline: <what> that no registry has is refused
    When I ask Docker of "team-blue" for "POST /images/create?fromImage=<image>&tag=<tag>"
    Then the reply has "image <full> not found"
    And nothing changes

    Examples:
      | what     | image   | tag    | full               |
      | An image | nosuch  | latest | library/nosuch     |
      | A tag    | busybox | 0.1    | library/busybox:0.1 |

  @PL-08 @PL-09
  Scenario: The first image of a new VCH begins its store
    Given the world "empty"
    When I run "vic-machine create -t <target> -u <user> -p <password> -i datastore1 -b bridge -n vch1 -k"
    Then it succeeds
    When I ask Docker of "vch1" for "POST /images/create?fromImage=hello-world&tag=latest"
    Then the HTTP status is 200
    And "[datastore1] vch1/images/VIC/<uuid>/images/scratch/scratch.vmdk" exists
    And "[datastore1] vch1/images/VIC/<uuid>/parentMap" exists
    When I ask Docker of "vch1" for "GET /images/json"
    Then the result is:
      """
      [{ RepoTags: ["hello-world:latest"] }]
      """
    When I run "vic-machine delete -t <target> -u <user> -p <password> -n vch1"
    Then it succeeds
    And nothing changes
