import COpenSSL

/// An `SSL_CTX` that is being set up. Frees it unless `finish` hands it on.
@safe struct ContextSetup: ~Copyable {
  private let context: OpaquePointer

  init(server: Bool) throws(TLSError) {
    OpenSSLError.clearQueue()
    let method = unsafe server ? TLS_server_method() : TLS_client_method()
    guard let context = unsafe SSL_CTX_new(method) else {
      throw .configuration("OpenSSL cannot be set up; check its configuration file (openssl.cnf)")
    }
    unsafe self.context = unsafe context
  }

  deinit {
    unsafe SSL_CTX_free(context)
  }

  /// Hands on a reference of its own.
  func finish() -> OpaquePointer {
    unsafe SSL_CTX_up_ref(context)
    return unsafe context
  }

  func client(
    _ configuration: TLSClientConfiguration, _ callbacks: ContextCallbacks
  ) throws(TLSError) {
    try common(configuration.minimumVersion, configuration.maximumVersion, callbacks)
    unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, judgeCertificate)
    try unsafe TrustStore(context: context).load(configuration.trustRoots)
    if let lists = configuration.revocationLists {
      try unsafe TrustStore(context: context).load(lists)
    }
    guard unsafe callbacks.offerProtocols(in: context) else {
      throw .configuration("the application protocols (ALPN) cannot be set")
    }
    switch (configuration.certificateChain, configuration.privateKey) {
    case (nil, nil): break
    case (let chain?, let key?): try identity(chain: chain, key: key, whose: "client")
    case (nil, _?), (_?, nil):
      throw TLSError(
        phase: .configuration,
        summary: "a client certificate and its private key must be given together")
    }
  }

  func server(
    _ configuration: TLSServerConfiguration, _ callbacks: ContextCallbacks
  ) throws(TLSError) {
    try common(configuration.minimumVersion, configuration.maximumVersion, callbacks)
    try identity(
      chain: configuration.certificateChain, key: configuration.privateKey, whose: "server")
    unsafe callbacks.selectProtocols(in: context)
    let options =
      COpenSSL_SSL_OP_CIPHER_SERVER_PREFERENCE | COpenSSL_SSL_OP_PRIORITIZE_CHACHA
    unsafe SSL_CTX_set_options(context, options)
    switch configuration.clientCertificates {
    case .none:
      unsafe SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
    case .optional(let roots):
      unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, noteRefusal)
      try unsafe TrustStore(context: context).load(roots, namedToClients: true)
    case .required(let roots):
      let mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
      unsafe SSL_CTX_set_verify(context, mode, noteRefusal)
      try unsafe TrustStore(context: context).load(roots, namedToClients: true)
    }
  }

  /// What both sides set. Sessions are never resumed: channels live long, so a ticket would cost
  /// every connection and serve few, a server's ticket key would weaken forward secrecy, and a
  /// client that leaves at once would reset the connection on tickets it does not read.
  private func common(
    _ minimum: TLSVersion, _ maximum: TLSVersion, _ callbacks: ContextCallbacks
  ) throws(TLSError) {
    guard minimum <= maximum else {
      throw TLSError(
        phase: .configuration,
        summary: "the minimum version (\(minimum)) is above the maximum (\(maximum))")
    }
    let options =
      COpenSSL_SSL_OP_NO_RENEGOTIATION | COpenSSL_SSL_OP_NO_COMPRESSION | COpenSSL_SSL_OP_NO_TICKET
    unsafe SSL_CTX_set_options(context, options)
    unsafe SSL_CTX_set_num_tickets(context, 0)
    unsafe COpenSSL_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
    unsafe COpenSSL_SSL_CTX_set_mode(context, ContextSetup.modes)
    unsafe callbacks.install(in: context)
    // Level 2 asks for 112 bits of security, whatever the machine's openssl.cnf says.
    unsafe SSL_CTX_set_security_level(context, 2)
    guard
      unsafe COpenSSL_SSL_CTX_set_min_proto_version(context, Int32(minimum.rawValue)) == 1,
      unsafe COpenSSL_SSL_CTX_set_max_proto_version(context, Int32(maximum.rawValue)) == 1,
      unsafe SSL_CTX_set_cipher_list(context, ContextSetup.cipherSuites) == 1
    else { throw .configuration("OpenSSL lacks \(minimum), \(maximum) or their cipher suites") }
  }

  /// Certificate chain and private key. The leaf comes first; the rest is sent with it.
  private func identity(
    chain: String, key: String, whose owner: String
  ) throws(TLSError) {
    let source = "the \(owner)'s certificate chain"
    try Certificate.forEach(in: MemoryBIO.text(chain), of: source) {
      index, certificate throws(TLSError) in
      let isTaken =
        unsafe index == 0
        ? SSL_CTX_use_certificate(context, certificate.pointer)
        : COpenSSL_SSL_CTX_add1_chain_cert(context, certificate.pointer)
      guard isTaken == 1 else {
        throw .configuration("certificate \(index + 1) in \(source) cannot be used")
      }
    }
    let privateKey = try PrivateKey.parse(pem: key, whose: owner)
    OpenSSLError.clearQueue()
    guard unsafe SSL_CTX_use_PrivateKey(context, privateKey.pointer) == 1,
      unsafe SSL_CTX_check_private_key(context) == 1
    else {
      throw .configuration(
        "the \(owner)'s private key does not belong to the first certificate of its chain")
    }
  }

  /// The suites of TLS 1.2 that RFC 9113 appendix A leaves: ephemeral key exchange and AEAD.
  private static let cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"

  private static let modes =
    Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
    | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) | Int(SSL_MODE_AUTO_RETRY)
}
