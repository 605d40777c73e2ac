import COpenSSL

/// The settings shared by all sessions of a client or a server: one `SSL_CTX`.
///
/// Invariant for `@unchecked Sendable`: the `SSL_CTX` is not changed after `init`; OpenSSL counts
/// its references atomically and allows sessions to be made from it on any thread.
@safe package final class TLSContext: @unchecked Sendable {
  let pointer: OpaquePointer
  let isServer: Bool
  let minimumVersion: TLSVersion
  let serverNameOverride: String?
  let pinnedKeys: Set<PublicKeyPin>
  private let callbacks: ContextCallbacks

  /// Settings for connections to servers. Reads trust roots and opens the key log.
  package init(client configuration: TLSClientConfiguration) throws(TLSError) {
    callbacks = try ContextCallbacks(
      applicationProtocols: configuration.applicationProtocols,
      keyLogFile: configuration.keyLogFile)
    isServer = false
    minimumVersion = configuration.minimumVersion
    serverNameOverride = configuration.serverNameOverride
    pinnedKeys = configuration.pinnedKeys
    let setup = try ContextSetup(server: false)
    try setup.client(configuration, callbacks)
    unsafe pointer = setup.finish()
  }

  /// Settings for connections from clients. Reads trust roots and opens the key log.
  package init(server configuration: TLSServerConfiguration) throws(TLSError) {
    callbacks = try ContextCallbacks(
      applicationProtocols: configuration.applicationProtocols,
      keyLogFile: configuration.keyLogFile)
    isServer = true
    minimumVersion = configuration.minimumVersion
    serverNameOverride = nil
    pinnedKeys = []
    let setup = try ContextSetup(server: true)
    try setup.server(configuration, callbacks)
    unsafe pointer = setup.finish()
  }

  deinit {
    unsafe SSL_CTX_free(pointer)
  }
}
