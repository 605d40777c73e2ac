import CNGHTTP2

/// What a caller asks of a session. Each call only queues; `drainOutput` makes the bytes.
extension HTTP2Session {
  /// Queues a request.
  ///
  /// - Parameters:
  ///   - body: the first piece of the body. More follows with ``send(_:on:end:)`` unless
  ///     `endStream` is set.
  ///   - endStream: whether the body ends with this piece.
  /// - Throws: when the connection takes no new stream.
  package func submitRequest(
    _ headers: SubmittableHeaders, body: [UInt8], endStream: Bool
  ) throws(HTTP2Error) -> StreamHandle {
    let slot = streams.reserve()
    streams[slot].headers = headers
    streams.append(body, to: slot)
    if endStream { streams[slot].body.end = .endStream }
    var provider = unsafe Callbacks.bodyProvider(slot: slot)
    let id = unsafe withSession { session in
      unsafe nghttp2_submit_request(
        session, nil, headers.fields.baseAddress, headers.fields.count, &provider,
        slotPointer(slot))
    }
    guard id > 0 else {
      streams.release(slot)
      throw HTTP2Error(libraryCode: id)
    }
    return streams.occupy(slot, id: id)
  }

  /// Queues response headers; a body and its end follow with ``send(_:on:end:)``.
  package func submitResponse(
    _ headers: SubmittableHeaders, on stream: StreamHandle
  ) throws(HTTP2Error) {
    guard streams.contains(stream) else { return }
    streams[stream.slot].headers = headers
    var provider = unsafe Callbacks.bodyProvider(slot: stream.slot)
    unsafe try check(
      withSession {
        unsafe nghttp2_submit_response(
          $0, stream.id, headers.fields.baseAddress, headers.fields.count, &provider)
      })
  }

  /// Queues a response that is headers alone and ends the stream (gRPC's trailers-only).
  package func submitHeadersOnlyResponse(
    _ headers: SubmittableHeaders, on stream: StreamHandle
  ) throws(HTTP2Error) {
    guard streams.contains(stream) else { return }
    streams[stream.slot].headers = headers
    unsafe try check(
      withSession {
        unsafe nghttp2_submit_response(
          $0, stream.id, headers.fields.baseAddress, headers.fields.count, nil)
      })
  }

  /// How a piece of a body ends.
  package enum BodyEnd: Sendable {
    /// More will follow.
    case open
    /// END_STREAM on the last DATA frame.
    case endStream
    /// Trailers after the last DATA frame.
    case trailers(SubmittableHeaders)
  }

  /// Queues a piece of a stream's body. A stream that has closed takes it and forgets it.
  package func send(
    _ bytes: [UInt8], on stream: StreamHandle, end: BodyEnd = .open
  ) throws(HTTP2Error) {
    guard streams.contains(stream) else { return }
    streams.append(bytes, to: stream.slot)
    switch end {
    case .open: break
    case .endStream: streams[stream.slot].body.end = .endStream
    case .trailers(let block): streams[stream.slot].body.end = .trailers(block)
    }
    guard streams[stream.slot].body.isDeferred else { return }
    streams[stream.slot].body.isDeferred = false
    // The stream may have been reset with frames of ours still queued: then there is no one to
    // wake, and the close event is on its way.
    _ = unsafe withSession { unsafe nghttp2_session_resume_data($0, stream.id) }
  }

  /// Tells flow control that `count` bytes of a stream's body have been taken.
  package func consume(_ count: Int, on stream: StreamHandle) throws(HTTP2Error) {
    guard count > 0, streams.contains(stream) else { return }
    unsafe try check(withSession { unsafe nghttp2_session_consume_stream($0, stream.id, count) })
  }

  /// Opens the connection's window by `count` bytes: done for every body byte as it comes, so that
  /// one slow reader holds up its own stream only.
  package func consumeOnConnection(_ count: Int) throws(HTTP2Error) {
    guard count > 0 else { return }
    unsafe try check(withSession { unsafe nghttp2_session_consume_connection($0, count) })
  }

  /// Queues RST_STREAM, unless the stream is over already.
  package func reset(_ stream: StreamHandle, code: HTTP2ErrorCode) throws(HTTP2Error) {
    guard streams.contains(stream) else { return }
    unsafe try check(
      withSession { unsafe nghttp2_submit_rst_stream($0, 0, stream.id, code.rawValue) })
  }

  /// Queues PING with eight bytes of the caller's, which its answer repeats.
  package func ping(_ payload: UInt64) throws(HTTP2Error) {
    let result = unsafe withUnsafeBytes(of: payload.bigEndian) { bytes in
      let opaque = unsafe bytes.bindMemory(to: UInt8.self)
      return unsafe withSession { unsafe nghttp2_submit_ping($0, 0, opaque.baseAddress) }
    }
    try check(result)
  }

  /// Queues GOAWAY that lets the peer's streams that we have seen finish.
  package func goAway(code: HTTP2ErrorCode, debugData: String = "") throws(HTTP2Error) {
    unsafe try submitGoAway(
      lastStreamID: withSession { unsafe nghttp2_session_get_last_proc_stream_id($0) },
      code: code, debugData: debugData)
    noteGoAwaySubmitted()
  }

  /// Queues the first of the two GOAWAYs of a graceful end (RFC 9113 §6.8): the peer is asked to
  /// open nothing more, and what it has in flight is still served.
  package func announceGoAway() throws(HTTP2Error) {
    unsafe try check(withSession { unsafe nghttp2_submit_shutdown_notice($0) })
  }

  private func submitGoAway(
    lastStreamID: Int32, code: HTTP2ErrorCode, debugData: String
  ) throws(HTTP2Error) {
    let bytes = Array(debugData.utf8)
    let result = unsafe withSession {
      unsafe nghttp2_submit_goaway($0, 0, lastStreamID, code.rawValue, bytes, bytes.count)
    }
    try check(result)
  }
}

/// A slot as nghttp2 keeps it for a stream: a number in a pointer's place, one more than the slot
/// because nil means none. It is never dereferenced.
func slotPointer(_ slot: Int) -> UnsafeMutableRawPointer? {
  unsafe UnsafeMutableRawPointer(bitPattern: slot &+ 1)
}
