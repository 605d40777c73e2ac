import MomentoAuth
import SecretStores

/// Where AWS credentials come from, in the order in which the official tools look.
struct CredentialSearch: Sendable {
  var environment: AWSEnvironment
  /// The region of STS, where a role has to be taken on.
  var region: String?

  /// The first credentials that are found.
  ///
  /// - Throws: `unauthenticated` when there are none, and whatever a source that is asked for says.
  func find() async throws(SecretStoreError) -> AWSCredentials {
    if environment.explicitProfile == nil, let found = try fromVariables() { return found }
    let credentials = environment.credentialsFile()
    let config = environment.configFile()
    var merged = config
    merged.merge(credentials)
    let profile = environment.profile
    let members = merged.sections[profile]
    if members == nil, environment.namesProfile {
      throw environment.error(
        .misconfigured, "there is no AWS profile '\(profile.singleLine.prefix(64))'",
        advice: "See ~/.aws/config, or AWS_CONFIG_FILE.")
    }
    let roles = RoleProfiles(search: self, profiles: merged.sections)
    if let found = try await roles.find(profile) { return found }
    if let found = try await fromWebIdentity(members) { return found }
    try refuseUnsupported(members)
    if let found = try staticKeys(credentials.sections[profile]) { return found }
    if members?["credential_process"] != nil {
      throw environment.error(
        .unsupported, "the AWS profile uses credential_process, which is not supported")
    }
    if let found = try staticKeys(config.sections[profile]) { return found }
    if let found = try await ContainerCredentials(environment: environment).find() { return found }
    if let found = try await InstanceMetadata(environment: environment).find() { return found }
    throw environment.error(
      .unauthenticated, "no AWS credentials were found",
      advice: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role.")
  }

  /// The three variables.
  func fromVariables() throws(SecretStoreError) -> AWSCredentials? {
    guard let id = environment["AWS_ACCESS_KEY_ID"] else { return nil }
    guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
      throw environment.error(
        .misconfigured, "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
    }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: Secret(secret),
      sessionToken: environment["AWS_SESSION_TOKEN"].map { Secret($0) })
  }

  /// The keys that a profile writes down.
  func staticKeys(_ members: [String: String]?) throws(SecretStoreError) -> AWSCredentials? {
    guard let members, let id = members["aws_access_key_id"], !id.isEmpty else { return nil }
    guard let secret = members["aws_secret_access_key"], !secret.isEmpty else {
      throw environment.error(
        .misconfigured, "the AWS profile has aws_access_key_id and no aws_secret_access_key")
    }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: Secret(secret),
      sessionToken: members["aws_session_token"].map { Secret($0) })
  }

  private func fromWebIdentity(
    _ members: [String: String]?
  ) async throws(SecretStoreError) -> AWSCredentials? {
    // What the environment says goes before the profile, unless the profile was asked for.
    let usesVariables = environment.explicitProfile == nil
    func value(_ variable: String, _ member: String) -> String? {
      (usesVariables ? environment[variable] : nil) ?? members?[member]
    }
    guard let file = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
      return nil
    }
    guard let role = value("AWS_ROLE_ARN", "role_arn") else {
      throw environment.error(
        .misconfigured, "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not")
    }
    let token = try environment.text(ofFile: file).trimmed
    return try await SecurityTokenService(environment: environment, region: region)
      .assumeRole(
        role, session: value("AWS_ROLE_SESSION_NAME", "role_session_name"), webIdentity: token)
  }

  private func refuseUnsupported(_ members: [String: String]?) throws(SecretStoreError) {
    guard let members, members["sso_session"] != nil || members["sso_start_url"] != nil else {
      return
    }
    throw environment.error(
      .unsupported, "the AWS profile uses single sign-on, which is not supported",
      advice: "Use a profile with keys or a role.")
  }
}

/// Profiles that take on a role (`role_arn` with `source_profile` or `credential_source`).
struct RoleProfiles: Sendable {
  var search: CredentialSearch
  var profiles: [String: [String: String]]

  private var environment: AWSEnvironment { search.environment }

  /// - Returns: nil when the profile takes on no role.
  func find(
    _ profile: String, seen: Set<String> = []
  ) async throws(SecretStoreError) -> AWSCredentials? {
    guard let members = profiles[profile], let role = members["role_arn"],
      members["web_identity_token_file"] == nil
    else { return nil }
    guard members["mfa_serial"] == nil else {
      throw environment.error(
        .unsupported, "the AWS profile asks for a code of a device, which nobody is there to type")
    }
    let source = try await source(of: profile, members, seen: seen)
    return try await SecurityTokenService(
      environment: environment, region: search.region ?? members["region"]
    ).assumeRole(
      role, session: members["role_session_name"], externalID: members["external_id"],
      duration: members["duration_seconds"], as: source)
  }

  private func source(
    of profile: String, _ members: [String: String], seen: Set<String>
  ) async throws(SecretStoreError) -> AWSCredentials {
    if let name = members["source_profile"] {
      // A profile may name itself: the keys are its own then.
      if name != profile {
        guard !seen.contains(name), seen.count < 10 else {
          throw environment.error(.misconfigured, "AWS profiles take on roles in a circle")
        }
        if let found = try await find(name, seen: seen.union([profile])) { return found }
      }
      if let found = try search.staticKeys(profiles[name]) { return found }
      throw environment.error(
        .misconfigured,
        "the AWS profile's source_profile '\(name.singleLine.prefix(64))' has no credentials")
    }
    let found: AWSCredentials? =
      switch members["credential_source"] {
      case "Environment": try search.fromVariables()
      case "Ec2InstanceMetadata": try await InstanceMetadata(environment: environment).find()
      case "EcsContainer": try await ContainerCredentials(environment: environment).find()
      default:
        throw environment.error(
          .misconfigured,
          "the AWS profile has role_arn, and neither source_profile nor a credential_source "
            + "of Environment, Ec2InstanceMetadata or EcsContainer")
      }
    if let found { return found }
    throw environment.error(
      .unauthenticated, "the AWS profile's credential_source has no credentials")
  }
}
