package import GRPCCall

/// The methods of Secret Manager that are used here.
package enum SecretManagerMethods {
  package static let getSecret: MethodDescriptor<GetSecretRequest, GoogleSecret> = method(
    "GetSecret")
  package static let updateSecret: MethodDescriptor<UpdateSecretRequest, GoogleSecret> =
    method("UpdateSecret")
  package static let addSecretVersion: MethodDescriptor<AddSecretVersionRequest, SecretVersion> =
    method("AddSecretVersion")
  package static let accessSecretVersion:
    MethodDescriptor<AccessSecretVersionRequest, AccessSecretVersionResponse> =
      method("AccessSecretVersion")
  package static let listSecretVersions:
    MethodDescriptor<ListSecretVersionsRequest, ListSecretVersionsResponse> =
      method("ListSecretVersions")
  package static let testPermissions:
    MethodDescriptor<TestPermissionsRequest, TestPermissionsResponse> =
      method("TestIamPermissions")

  private static func method<Request, Response>(
    _ name: String
  ) -> MethodDescriptor<Request, Response> {
    MethodDescriptor(
      service: "google.cloud.secretmanager.v1.SecretManagerService", method: name, kind: .unary)
  }
}
