import COpenSSL

/// An `SSL` that is being set up. Frees it unless `finish` hands it on.
@safe struct SessionSetup: ~Copyable {
  private let ssl: OpaquePointer
  /// Both belong to `ssl`.
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer

  init(context: TLSContext) throws(TLSError) {
    OpenSSLError.clearQueue()
    let ssl = unsafe SSL_new(context.pointer)
    let incoming = unsafe BIO_new(BIO_s_mem())
    let outgoing = unsafe BIO_new(BIO_s_mem())
    guard let ssl = unsafe ssl, let incoming = unsafe incoming, let outgoing = unsafe outgoing
    else {
      unsafe SSL_free(ssl)
      unsafe BIO_free(incoming)
      unsafe BIO_free(outgoing)
      throw .configuration("out of memory for a TLS session")
    }
    unsafe SSL_set_bio(ssl, incoming, outgoing)
    unsafe (self.ssl, self.incoming, self.outgoing) = unsafe (ssl, incoming, outgoing)
  }

  deinit {
    unsafe SSL_free(ssl)
  }

  /// Hands on a reference to the `SSL`, and its two BIOs.
  func finish() -> (ssl: OpaquePointer, incoming: OpaquePointer, outgoing: OpaquePointer) {
    unsafe SSL_up_ref(ssl)
    return unsafe (ssl, incoming, outgoing)
  }

  /// Takes a side; a client names the server and will verify that name.
  func configure(for peer: Peer) throws(TLSError) {
    guard case .server(let name) = peer.kind else {
      unsafe SSL_set_accept_state(ssl)
      return
    }
    unsafe SSL_set_connect_state(ssl)
    let parameters = unsafe SSL_get0_param(ssl)
    let isSet: Bool
    switch name {
    case .dns(let name):
      // Only the subject alternative name counts, with whole labels as wildcards (RFC 9525 §6.3).
      let flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
      unsafe X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(flags))
      isSet =
        unsafe X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1
        && COpenSSL_SSL_set_tlsext_host_name(ssl, name) == 1
    case .address(let address):
      // No SNI: RFC 6066 §3 allows DNS names only.
      isSet = unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1
    }
    guard isSet else { throw .configuration("the server name \(name) cannot be verified") }
  }
}
