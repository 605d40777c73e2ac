import GRPCCall

/// The methods of Secret Manager that are used here.
enum SecretManagerMethods {
  static let getSecret: MethodDescriptor<GetSecretRequest, GoogleSecret> = method("GetSecret")
  static let updateSecret: MethodDescriptor<UpdateSecretRequest, GoogleSecret> =
    method("UpdateSecret")
  static let addSecretVersion: MethodDescriptor<AddSecretVersionRequest, SecretVersion> =
    method("AddSecretVersion")
  static let accessSecretVersion:
    MethodDescriptor<AccessSecretVersionRequest, AccessSecretVersionResponse> =
      method("AccessSecretVersion")
  static let listSecretVersions:
    MethodDescriptor<ListSecretVersionsRequest, ListSecretVersionsResponse> =
      method("ListSecretVersions")
  static let testPermissions: MethodDescriptor<TestPermissionsRequest, TestPermissionsResponse> =
    method("TestIamPermissions")

  private static func method<Request, Response>(
    _ name: String
  ) -> MethodDescriptor<Request, Response> {
    MethodDescriptor(
      service: "google.cloud.secretmanager.v1.SecretManagerService", method: name, kind: .unary)
  }
}
