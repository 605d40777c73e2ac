import CNGHTTP2

/// One HTTP/2 connection's protocol state, with no socket, clock or thread: bytes in → events,
/// submissions → bytes out.
///
/// It belongs to one thread at a time. Nothing is sent from inside a callback; callbacks only
/// append events, which the caller reads when the call has returned.
@safe package final class HTTP2Session {
  package enum Role: Sendable { case client, server }

  package let role: Role
  let configuration: HTTP2Configuration
  /// Invariant: made by `makeSession`, freed in `deinit` alone, used on the owner's thread only.
  private let session: OpaquePointer
  /// Outlives `session`, which takes its memory from it.
  private let pool: MemoryPool
  let streams = StreamTable()
  /// Which of the peer's streams are over; of a server.
  ///
  /// Invariant of these five: on the session's thread, and no access calls anything that could reach
  /// the same one again.
  @exclusivity(unchecked) var history = PeerStreamHistory()
  /// What the peer has done that costs much; of a server.
  @exclusivity(unchecked) var flood: FloodGuard
  /// How many HEADERS and DATA frames a server has sent; it begins again after 2⁶⁴.
  @exclusivity(unchecked) package private(set) var answeringFrames: UInt64 = 0
  /// When bytes came last, in nanoseconds.
  @exclusivity(unchecked) private(set) var now: UInt64 = 0
  @exclusivity(unchecked) private var scanner = FrameHeaderScanner(
    preface: Int(NGHTTP2_CLIENT_MAGIC_LEN))
  /// A header block may come in several pieces of input.
  private var headerList: HeaderListInProgress?
  private(set) var goAwayReceived = false
  private var goAwaySubmitted = false

  package init(
    role: Role, configuration: HTTP2Configuration = HTTP2Configuration()
  ) throws(HTTP2Error) {
    self.role = role
    self.configuration = configuration.withinBounds
    unsafe flood = FloodGuard(configuration.floods)
    pool = MemoryPool(limit: Self.pooledBytes)
    unsafe session = try unsafe Self.makeSession(role: role, pool: pool)
    try submitInitialSettings()
  }

  deinit {
    unsafe nghttp2_session_del(session)
  }

  // MARK: Bytes in, bytes out

  /// Takes what the peer sent, and appends to `batch` what it means.
  ///
  /// - Parameter now: nanoseconds of a clock that never goes back; a server's limits of what a client
  ///   may do a second are counted by it.
  /// - Throws: when the bytes cannot be HTTP/2, when the peer does what no honest one does, or when the
  ///   library fails: GOAWAY is queued then, and all there is to do is to send it. A violation that
  ///   nghttp2 answers with GOAWAY by itself is an event instead.
  package func receive(
    _ bytes: UnsafeRawBufferPointer, at now: UInt64 = 0, into batch: inout HTTP2EventBatch
  ) throws(HTTP2Error) {
    let input = unsafe bytes.bindMemory(to: UInt8.self)
    unsafe self.now = now
    let abuse = role == .server ? unsafe watch(input.span) : nil
    let count = abuse?.position ?? input.count
    let result = withTurn(&batch) {
      unsafe nghttp2_session_mem_recv(session, input.baseAddress, count)
    }
    if result < 0 {
      let error = HTTP2Error(libraryCode: Int32(clamping: result))
      // nghttp2 gives up without a word to the peer, who may want to know why.
      if error.kind == .flooded { try goAway(code: .enhanceYourCalm, debugData: error.reason) }
      throw error
    }
    if let abuse {
      try goAway(code: abuse.code, debugData: abuse.error.reason)
      throw abuse.error
    }
  }

  /// What a peer has done that ends its connection.
  private struct Abuse {
    /// The frame that goes too far begins here; nothing from there on is read.
    var position: Int
    var code: HTTP2ErrorCode
    var error: HTTP2Error
  }

  /// Looks for frames on streams that are over, and for too many of a kind.
  private func watch(_ bytes: Span<UInt8>) -> Abuse? {
    var position = 0
    while let header = unsafe scanner.next(bytes, &position) {
      let start = max(0, position - FrameHeader.size)
      if let reason = unsafe flood.receive(header, at: now) {
        return Abuse(
          position: start, code: .enhanceYourCalm, error: HTTP2Error(kind: .flooded, reason: reason)
        )
      }
      switch unsafe history.receive(header) {
      case nil: continue
      case .closedStream:
        let reason = "a frame on stream \(header.stream), which is over"
        return Abuse(
          position: start, code: .streamClosed,
          error: HTTP2Error(kind: .peerMisbehaved, reason: reason))
      case .skippedIdentifier:
        let reason = "stream \(header.stream), whose identifier was passed over"
        return Abuse(
          position: start, code: .protocolError,
          error: HTTP2Error(kind: .peerMisbehaved, reason: reason))
      }
    }
    return nil
  }

  /// Appends to `output` what is to be sent, until nothing is left or `output` holds `limit` bytes
  /// or more.
  package func drainOutput(
    into output: inout [UInt8], limit: Int = 65_536, events batch: inout HTTP2EventBatch
  ) throws(HTTP2Error) {
    let result = withTurn(&batch) { () -> Int in
      while output.count < limit {
        var data: UnsafePointer<UInt8>?
        let count = unsafe nghttp2_session_mem_send(session, &data)
        guard count > 0, let data = unsafe data else { return count }
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: data, count: count))
      }
      return 0
    }
    if result < 0 { throw HTTP2Error(libraryCode: Int32(clamping: result)) }
  }

  /// Whether bytes wait to be drained.
  package var wantsToSend: Bool { unsafe nghttp2_session_want_write(session) != 0 }

  /// Whether the session is over: it expects nothing and has nothing to say.
  package var isFinished: Bool {
    unsafe nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
  }

  // MARK: State

  /// How many streams the peer lets us have open at once.
  package var remoteMaxConcurrentStreams: Int {
    let value = unsafe nghttp2_session_get_remote_settings(
      session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    return Int(value)
  }

  /// How many bytes are kept for streams to come.
  package var spareMemory: Int { pool.kept }

  /// Gives back the memory that is kept for streams to come.
  package func releaseSpareMemory() { pool.empty() }

  /// Bytes of bodies that are not sent yet, of all streams.
  package var waitingBytes: Int { streams.waitingBytes }

  /// Streams open now, of both sides.
  package var openStreamCount: Int { streams.count }

  /// Whether a client may submit one more request now.
  package var canOpenStream: Bool {
    acceptsNewStreams && streams.count < remoteMaxConcurrentStreams
  }

  /// Whether this connection can ever take a new request again.
  package var acceptsNewStreams: Bool {
    unsafe !goAwayReceived && !goAwaySubmitted
      && nghttp2_session_check_request_allowed(session) != 0
  }

  /// Whether the peer may still open streams: not after our last GOAWAY.
  package var acceptsPeerStreams: Bool { !goAwaySubmitted }

  /// Whether either side may still send on a stream.
  package func isOpen(_ stream: StreamHandle) -> Bool { streams.contains(stream) }

  /// The streams that are open, in no order.
  package var openStreams: [StreamHandle] { streams.handles }

  // MARK: For the other files of this type

  /// Runs `body` with nghttp2's user data pointing at a turn on this stack, so that no callback
  /// can outlive the call that caused it.
  private func withTurn(_ batch: inout HTTP2EventBatch, _ body: () -> Int) -> Int {
    var turn = Turn(self)
    swap(&turn.batch, &batch)
    turn.headerList = headerList
    let result = unsafe withUnsafeMutablePointer(to: &turn) { pointer in
      unsafe nghttp2_session_set_user_data(session, pointer)
      defer { unsafe nghttp2_session_set_user_data(session, nil) }
      return body()
    }
    swap(&turn.batch, &batch)
    headerList = turn.headerList
    return result
  }

  /// Lends the C session for the length of one call.
  func withSession<Result>(_ body: (OpaquePointer) -> Result) -> Result {
    unsafe body(session)
  }

  func noteAnsweringFrame() { unsafe answeringFrames &+= 1 }
  func noteGoAwayReceived() { goAwayReceived = true }
  func noteGoAwaySubmitted() { goAwaySubmitted = true }
}

extension HTTP2Session {
  /// How much memory of streams that are over a session keeps for those to come.
  private static let pooledBytes = 2_097_152

  private static func makeSession(
    role: Role, pool: MemoryPool
  ) throws(HTTP2Error) -> OpaquePointer {
    var callbacks: OpaquePointer?
    var options: OpaquePointer?
    defer {
      unsafe nghttp2_session_callbacks_del(callbacks)
      unsafe nghttp2_option_del(options)
    }
    guard unsafe nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks = unsafe callbacks,
      unsafe nghttp2_option_new(&options) == 0, let options = unsafe options
    else { throw HTTP2Error(kind: .library, reason: "out of memory") }
    unsafe Callbacks.install(in: callbacks)
    // Windows open as the reader takes the bytes, not as they come: that is the back-pressure.
    unsafe nghttp2_option_set_no_auto_window_update(options, 1)
    // Closed streams are kept for the priority tree of RFC 7540, which RFC 9113 dropped, and to tell
    // frames that come too late, for which `PeerStreamHistory` needs less.
    unsafe nghttp2_option_set_no_closed_streams(options, 1)
    // `FloodGuard` counts resets, and tells clients that cancel a part of many calls from an attack.
    unsafe nghttp2_option_set_stream_reset_rate_limit(options, 1 << 32, 1 << 32)
    var session: OpaquePointer?
    var memory = unsafe pool.allocator
    let result =
      switch role {
      case .client:
        unsafe nghttp2_session_client_new3(&session, callbacks, nil, options, &memory)
      case .server:
        unsafe nghttp2_session_server_new3(&session, callbacks, nil, options, &memory)
      }
    guard result == 0, let session = unsafe session else {
      throw HTTP2Error(libraryCode: result)
    }
    return unsafe session
  }

  private func submitInitialSettings() throws(HTTP2Error) {
    var entries = [
      nghttp2_settings_entry(
        NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, configuration.streamWindowSize),
      nghttp2_settings_entry(
        NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, configuration.maxHeaderListSize),
      nghttp2_settings_entry(NGHTTP2_SETTINGS_MAX_FRAME_SIZE, configuration.maxFrameSize),
    ]
    switch role {
    case .client: entries.append(nghttp2_settings_entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
    case .server:
      entries.append(
        nghttp2_settings_entry(
          NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, configuration.maxConcurrentStreams))
    }
    try check(unsafe nghttp2_submit_settings(session, 0, entries, entries.count))
    let window = Int32(clamping: configuration.connectionWindowSize)
    try check(unsafe nghttp2_session_set_local_window_size(session, 0, 0, window))
  }

  func check(_ code: Int32) throws(HTTP2Error) {
    if code < 0 { throw HTTP2Error(libraryCode: code) }
  }
}

extension nghttp2_settings_entry {
  fileprivate init(_ id: nghttp2_settings_id, _ value: Int) {
    self.init(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
  }
}

extension HTTP2Error {
  init(libraryCode code: Int32) {
    let kind: Kind =
      switch code {
      case NGHTTP2_ERR_BAD_CLIENT_MAGIC.rawValue: .badPreface
      case NGHTTP2_ERR_FLOODED.rawValue: .flooded
      case NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE.rawValue,
        NGHTTP2_ERR_START_STREAM_NOT_ALLOWED.rawValue:
        .noNewStreams
      case NGHTTP2_ERR_INVALID_ARGUMENT.rawValue, NGHTTP2_ERR_INVALID_STATE.rawValue,
        NGHTTP2_ERR_DATA_EXIST.rawValue:
        .invalidUse
      case NGHTTP2_ERR_NOMEM.rawValue, NGHTTP2_ERR_CALLBACK_FAILURE.rawValue: .library
      default: .peerMisbehaved
      }
    let text = unsafe String(cString: nghttp2_strerror(code))
    self.init(kind: kind, reason: text)
  }
}
