/// Stands where a private key would be shown.
let redacted = "<redacted>"

extension TLSClientConfiguration: CustomStringConvertible, CustomReflectable {
  /// What is configured, without the private key.
  public var description: String { describe("TLSClientConfiguration", customMirror) }

  /// The properties, without the private key.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "trustRoots": trustRoots,
        "certificateChain": certificateChain as Any,
        "privateKey": privateKey.map { _ in redacted } as Any,
        "minimumVersion": minimumVersion,
        "maximumVersion": maximumVersion,
        "serverNameOverride": serverNameOverride as Any,
        "keyLogFile": keyLogFile as Any,
        "applicationProtocols": applicationProtocols,
      ],
      displayStyle: .struct)
  }
}

extension TLSServerConfiguration: CustomStringConvertible, CustomReflectable {
  /// What is configured, without the private key.
  public var description: String { describe("TLSServerConfiguration", customMirror) }

  /// The properties, without the private key.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "certificateChain": certificateChain,
        "privateKey": redacted,
        "clientCertificates": clientCertificates,
        "minimumVersion": minimumVersion,
        "maximumVersion": maximumVersion,
        "keyLogFile": keyLogFile as Any,
        "applicationProtocols": applicationProtocols,
      ],
      displayStyle: .struct)
  }
}

/// One line with all children of `mirror`.
func describe(_ type: String, _ mirror: Mirror) -> String {
  let properties = mirror.children.map { "\($0.label ?? "_"): \($0.value)" }
  return "\(type)(\(properties.joined(separator: ", ")))"
}
