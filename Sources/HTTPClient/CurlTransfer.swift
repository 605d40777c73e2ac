internal import CLibcurl

/// One exchange over libcurl: a request's options on an easy handle, and what has come of its answer.
///
/// It is used by one thread only, that of ``CurlLoop``.
@safe final class CurlTransfer {
  /// The easy handle, which is this object's alone from `init` to `deinit`.
  let handle: UnsafeMutableRawPointer
  private let request: HTTPRequest
  /// Owned; libcurl reads it as long as the handle lives.
  private var fields: UnsafeMutablePointer<curl_slist>?
  /// Owned; libcurl writes its words for a failure here.
  private let errorText: UnsafeMutablePointer<CChar>
  private var answer = AnswerInProgress()

  /// Makes ready to send a request.
  init(_ request: HTTPRequest) throws(HTTPFailure) {
    try HTTPRequestRules.check(request)
    guard let handle = unsafe curl_easy_init() else { throw .request("libcurl has no handle left") }
    unsafe self.handle = handle
    self.request = request
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    answer.mostBytes = request.mostBytes
    try setUp()
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe curl_slist_free_all(fields)
    unsafe errorText.deallocate()
  }

  /// What came of it, once libcurl says that it has ended.
  func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPFailure> {
    guard code == CURLE_OK else { return .failure(failure(code)) }
    return .success(
      HTTPResponse(status: answer.status, fields: answer.fields, body: answer.body))
  }

  /// How it fails when it is not waited for any longer.
  func abandoned() -> HTTPFailure {
    HTTPFailure(
      phase: .cancelled, isCertainlyUnsent: isUnsent, reason: "the request was cancelled")
  }

  // MARK: Options

  private func setUp() throws(HTTPFailure) {
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_HTTP09_ALLOWED, 0)
    // A path goes out as it was signed, `..` and all.
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
    set(CURLOPT_TIMEOUT_MS, request.timeout?.wholeMilliseconds ?? 0)
    if !request.usesProxy { set(CURLOPT_PROXY, "") }
    switch request.trust {
    case .file(let path): setTrust(path)
    case .system: if let path = SystemAuthorities.bundle { set(CURLOPT_CAINFO, path) }
    }
    set(CURLOPT_URL, request.url)
    setMethod()
    try setFields()
    setCallbacks()
  }

  private func setTrust(_ path: String) {
    set(CURLOPT_CAINFO, path)
    // Without this the system's directory of authorities would be trusted as well.
    unsafe CLibcurl_set_pointer(handle, CURLOPT_CAPATH, nil)
  }

  private func setMethod() {
    if request.method == .get || request.method == .delete, request.body.isEmpty {
      set(CURLOPT_HTTPGET, 1)
    } else {
      set(CURLOPT_POST, 1)
      // The size first: it says how much there is to copy, and an empty body has one too.
      unsafe CLibcurl_set_size(
        handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
      unsafe request.body.withUnsafeBytes { bytes in
        var none: UInt8 = 0
        if let start = bytes.baseAddress {
          unsafe CLibcurl_set_pointer(
            handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
        } else {
          unsafe CLibcurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, &none)
        }
      }
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    // On a connection that was used before, libcurl sends a request again by itself when the server
    // has closed it meanwhile: a change could be made twice. So it gets a connection of its own.
    if request.method != .get { set(CURLOPT_FRESH_CONNECT, 1) }
  }

  private func setFields() throws(HTTPFailure) {
    // No waiting for "100 Continue", and no type that nobody gave.
    var lines = ["Expect:"]
    if !request.fields.contains(where: { $0.name.lowercased() == "content-type" }) {
      lines.append("Content-Type:")
    }
    // libcurl takes "Name:" for a wish to leave a field out; an empty one is written "Name;".
    lines += request.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    for line in lines {
      guard let longer = unsafe curl_slist_append(fields, line) else {
        throw .request("there is no memory for the request")
      }
      unsafe fields = longer
    }
    unsafe CLibcurl_set_list(handle, CURLOPT_HTTPHEADER, fields)
  }

  private func setCallbacks() {
    unsafe CLibcurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    // Unretained: libcurl calls back only while the loop, which retains this object, performs it.
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe CLibcurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    unsafe CLibcurl_set_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      unsafe CurlTransfer.received(bytes, size, count, context) {
        unsafe $0.appendBody($1)
      }
    }
    unsafe CLibcurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
    unsafe CLibcurl_set_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      unsafe CurlTransfer.received(bytes, size, count, context) {
        unsafe $0.appendLine($1)
      }
    }
  }

  /// Hands bytes on; another count than theirs tells libcurl to end the transfer.
  private static func received(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?,
    _ take: (inout AnswerInProgress, UnsafeRawBufferPointer) -> Bool
  ) -> Int {
    let (length, isTooLong) = size.multipliedReportingOverflow(by: count)
    guard let context = unsafe context, !isTooLong else { return 0 }
    let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    let all = unsafe UnsafeRawBufferPointer(start: bytes, count: length)
    return unsafe take(&transfer.answer, all) ? length : length &+ 1
  }

  private func set(_ option: CURLoption, _ value: Int) {
    unsafe CLibcurl_set_long(handle, option, value)
  }

  private func set(_ option: CURLoption, _ value: String) {
    unsafe CLibcurl_set_text(handle, option, value)
  }

  // MARK: Failures

  private func failure(_ code: CURLcode) -> HTTPFailure {
    if answer.isTooLong {
      return HTTPFailure(
        phase: .tooLarge, isCertainlyUnsent: false,
        reason: "the answer is longer than \(request.mostBytes) bytes")
    }
    let phase = phase(of: code)
    let isUnsent = [.request, .resolve].contains(phase) || isUnsent
    return HTTPFailure(phase: phase, isCertainlyUnsent: isUnsent, reason: reason(code, phase))
  }

  /// Whether no byte of the request has been written to a connection.
  private var isUnsent: Bool {
    var size = 0
    let code = unsafe CLibcurl_get_long(handle, CURLINFO_REQUEST_SIZE, &size)
    return code == CURLE_OK && size == 0
  }

  private func phase(of code: CURLcode) -> HTTPFailure.Phase {
    switch code {
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_OUT_OF_MEMORY: .request
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
    case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
    case CURLE_OPERATION_TIMEDOUT: .timeout
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
      .tls
    default: .transfer
    }
  }

  /// libcurl's words. Before a request is sent they name at most the host; after that only those that
  /// belong to the code are used, which repeat nothing of the peer's.
  private func reason(_ code: CURLcode, _ phase: HTTPFailure.Phase) -> String {
    let general = unsafe curl_easy_strerror(code).map { unsafe String(cString: $0) } ?? ""
    guard [.resolve, .connect, .tls].contains(phase) else { return general }
    let detail = unsafe String(cString: errorText)
    return detail.isEmpty ? general : HTTPRequestRules.singleLine(detail)
  }
}

extension HTTPFailure {
  /// A request that cannot be sent.
  static func request(_ reason: String) -> HTTPFailure {
    HTTPFailure(phase: .request, isCertainlyUnsent: true, reason: reason)
  }
}

extension Duration {
  /// At least one, because none means for ever to libcurl.
  fileprivate var wholeMilliseconds: Int {
    let most = 1_000_000_000
    let (seconds, attoseconds) = components
    guard seconds < Int64(most / 1_000) else { return most }
    return max(1, Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}
