import CNGHTTP2

/// What the callbacks of one call into nghttp2 share. It lives on the stack of that call.
///
/// Invariant: the session's method that made it is still running, so the session is alive, and so is
/// its table of streams. They are not counted as references here: a callback would count them up and
/// down each time.
@safe struct Turn {
  private let owner: Unmanaged<HTTP2Session>
  private let table: Unmanaged<StreamTable>
  let isServer: Bool
  let maxHeaderListSize: Int
  var batch = HTTP2EventBatch()
  var headerList: HeaderListInProgress?

  init(_ session: HTTP2Session) {
    unsafe owner = .passUnretained(session)
    unsafe table = .passUnretained(session.streams)
    isServer = session.role == .server
    maxHeaderListSize = session.configuration.maxHeaderListSize
  }

  func withSession<Result>(_ body: (HTTP2Session) -> Result) -> Result {
    unsafe owner._withUnsafeGuaranteedRef(body)
  }

  func withStreams<Result>(_ body: (StreamTable) -> Result) -> Result {
    unsafe table._withUnsafeGuaranteedRef(body)
  }
}

/// nghttp2's callbacks: each turns what it is told into an event, and does nothing else.
enum Callbacks {
  static func install(in callbacks: OpaquePointer) {
    unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, onBeginHeaders)
    unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader)
    unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, onFrameReceived)
    unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onDataChunk)
    unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onStreamClose)
    unsafe nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, onFrameNotSent)
    unsafe nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, onFrameSent)
    unsafe nghttp2_session_callbacks_set_error_callback2(callbacks, onError)
  }

  /// The body source of a slot: the slot's number is all that nghttp2 keeps of it.
  static func bodyProvider(slot: Int) -> nghttp2_data_provider {
    unsafe nghttp2_data_provider(
      source: nghttp2_data_source(fd: Int32(clamping: slot)), read_callback: readBody)
  }
}

/// The turn behind nghttp2's user data, which points at one for as long as a callback can run.
private func turn(_ userData: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Turn>? {
  unsafe userData?.assumingMemoryBound(to: Turn.self)
}

/// The handle of a stream that nghttp2 knows, from the slot in its user data.
private func handle(_ session: OpaquePointer?, _ id: Int32) -> StreamHandle? {
  let slot = unsafe Int(bitPattern: nghttp2_session_get_stream_user_data(session, id))
  return slot > 0 ? StreamHandle(id: id, slot: slot - 1) : nil
}

private let ok: Int32 = 0

private let onBeginHeaders: nghttp2_on_begin_headers_callback = { session, frame, userData in
  guard let turn = unsafe turn(userData), let frame = unsafe frame else { return ok }
  let id = unsafe frame.pointee.hd.stream_id
  guard unsafe turn.pointee.isServer, unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
  else {
    unsafe turn.pointee.headerList = handle(session, id).map { HeaderListInProgress(stream: $0) }
    return ok
  }
  guard let stream = unsafe open(id, session, turn.pointee) else {
    return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
  }
  unsafe turn.pointee.batch.events.append(.streamOpened(stream))
  unsafe turn.pointee.headerList = HeaderListInProgress(stream: stream)
  return ok
}

/// Gives a stream that the peer opened a slot.
private func open(_ id: Int32, _ session: OpaquePointer?, _ turn: borrowing Turn) -> StreamHandle? {
  turn.withStreams { streams in
    let slot = streams.reserve()
    let stream = streams.occupy(slot, id: id)
    guard unsafe nghttp2_session_set_stream_user_data(session, id, slotPointer(slot)) == 0 else {
      streams.release(slot)
      return nil
    }
    return stream
  }
}

/// The header block that a session is receiving; there is one at a time (RFC 9113 §4.3).
struct HeaderListInProgress {
  /// RFC 9113 §6.5.2: a field counts 32 bytes more than its name and value.
  private static let fieldOverhead = 32

  let stream: StreamHandle
  private var size = 0
  private var isTooLarge = false

  init(stream: StreamHandle) { self.stream = stream }

  enum Judgement { case fits, becomesTooLarge, isTooLarge }

  mutating func add(_ count: Int, limit: Int) -> Judgement {
    guard !isTooLarge else { return .isTooLarge }
    size += count + Self.fieldOverhead
    guard size > limit else { return .fits }
    isTooLarge = true
    return .becomesTooLarge
  }
}

private let onHeader: nghttp2_on_header_callback = {
  _, _, name, nameCount, value, valueCount, _, userData in
  guard let turn = unsafe turn(userData) else { return ok }
  unsafe turn.pointee.receivedField(
    name: .init(start: name, count: nameCount), value: .init(start: value, count: valueCount))
  return ok
}

extension Turn {
  /// One field of the header block in progress has come.
  fileprivate mutating func receivedField(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) {
    guard let stream = headerList?.stream else { return }
    switch headerList?.add(name.count + value.count, limit: maxHeaderListSize) {
    case .fits:
      let ranges = unsafe batch.append(name, value)
      batch.events.append(.headerField(stream, name: ranges.name, value: ranges.value))
    case .becomesTooLarge: batch.events.append(.headerListTooLarge(stream))
    case .isTooLarge, nil: break
    }
  }
}

private let onDataChunk: nghttp2_on_data_chunk_recv_callback = {
  session, _, id, data, count, userData in
  guard let turn = unsafe turn(userData), let stream = unsafe handle(session, id) else {
    // Nobody will read these bytes, so they are given back here.
    unsafe nghttp2_session_consume(session, id, count)
    return ok
  }
  let range = unsafe turn.pointee.batch.append(.init(start: data, count: count))
  unsafe turn.pointee.batch.events.append(.data(stream, range))
  unsafe turn.pointee.batch.bodyBytes &+= count
  return ok
}

private let onFrameReceived: nghttp2_on_frame_recv_callback = { session, frame, userData in
  guard let turn = unsafe turn(userData), let frame = unsafe frame else { return ok }
  let header = unsafe frame.pointee.hd
  let hasEndStream = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
  switch UInt32(header.type) {
  case NGHTTP2_HEADERS.rawValue:
    guard let stream = unsafe turn.pointee.headerList?.stream, stream.id == header.stream_id
    else { break }
    unsafe turn.pointee.headerList = nil
    if hasEndStream { unsafe turn.pointee.withStreams { $0[stream.slot].endedByPeer = true } }
    unsafe turn.pointee.batch.events.append(.headersEnded(stream, endStream: hasEndStream))
  case NGHTTP2_DATA.rawValue where hasEndStream:
    guard let stream = unsafe handle(session, header.stream_id) else { break }
    unsafe turn.pointee.withStreams { $0[stream.slot].endedByPeer = true }
    unsafe turn.pointee.batch.events.append(.dataEnded(stream))
  case NGHTTP2_RST_STREAM.rawValue:
    guard let stream = unsafe handle(session, header.stream_id) else { break }
    unsafe turn.pointee.withStreams { $0[stream.slot].resetByPeer = true }
  case NGHTTP2_SETTINGS.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0:
    unsafe turn.pointee.batch.events.append(.settingsReceived)
  case NGHTTP2_PING.rawValue:
    unsafe turn.pointee.batch.events.append(pingEvent(frame.pointee.ping))
  case NGHTTP2_GOAWAY.rawValue:
    unsafe appendGoAway(frame.pointee.goaway, to: &turn.pointee)
  default: break
  }
  return ok
}

private func pingEvent(_ ping: nghttp2_ping) -> HTTP2Event {
  guard ping.hd.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 else { return .pingReceived }
  let payload = unsafe withUnsafeBytes(of: ping.opaque_data) {
    unsafe $0.loadUnaligned(as: UInt64.self)
  }
  return .pingAcknowledged(UInt64(bigEndian: payload))
}

private func appendGoAway(_ goAway: nghttp2_goaway, to turn: inout Turn) {
  let debugData = unsafe turn.batch.append(
    .init(start: goAway.opaque_data, count: goAway.opaque_data_len))
  turn.withSession { $0.noteGoAwayReceived() }
  unsafe turn.batch.events.append(
    .goAwayReceived(
      lastStreamID: goAway.last_stream_id,
      code: HTTP2ErrorCode(rawValue: goAway.error_code), debugData: debugData))
}

private let onStreamClose: nghttp2_on_stream_close_callback = { session, id, code, userData in
  guard let turn = unsafe turn(userData), let stream = unsafe handle(session, id) else {
    return ok
  }
  unsafe close(stream, HTTP2ErrorCode(rawValue: code), in: &turn.pointee)
  return ok
}

/// A request that never got as far as a frame, because the peer's GOAWAY came first, was surely
/// not seen: it closes as a refused one.
private let onFrameNotSent: nghttp2_on_frame_not_send_callback = {
  session, frame, _, userData in
  guard let turn = unsafe turn(userData), let frame = unsafe frame?.pointee,
    unsafe UInt32(frame.hd.type) == NGHTTP2_HEADERS.rawValue,
    unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST
  else { return ok }
  let id = unsafe frame.hd.stream_id
  guard let stream = unsafe turn.pointee.withStreams({ $0.find(id: id) }) else { return ok }
  unsafe close(stream, .refusedStream, in: &turn.pointee)
  return ok
}

private func close(_ stream: StreamHandle, _ code: HTTP2ErrorCode, in turn: inout Turn) {
  let peer = turn.withStreams { streams -> (hasReset: Bool, hasEnded: Bool)? in
    guard streams.contains(stream) else { return nil }
    defer { streams.release(stream.slot) }
    return (streams[stream.slot].resetByPeer, streams[stream.slot].endedByPeer)
  }
  guard let peer else { return }
  if turn.isServer, !peer.hasReset {
    turn.withSession { session in
      if peer.hasEnded { unsafe session.history.close(stream.id) }
      if code == .noError { unsafe session.flood.ended() }
    }
  }
  turn.batch.events.append(.streamClosed(stream, code: code, byPeer: peer.hasReset))
}

private let onFrameSent: nghttp2_on_frame_send_callback = { session, frame, userData in
  guard let turn = unsafe turn(userData), let frame = unsafe frame?.pointee else { return ok }
  let type = unsafe UInt32(frame.hd.type)
  switch type {
  case NGHTTP2_GOAWAY.rawValue: unsafe noteGoAwaySent(frame.goaway, in: &turn.pointee)
  case NGHTTP2_RST_STREAM.rawValue:
    guard unsafe turn.pointee.isServer,
      unsafe frame.rst_stream.error_code != NGHTTP2_NO_ERROR.rawValue
    else { break }
    unsafe turn.pointee.withSession { unsafe $0.flood.sentReset(at: $0.now) }
  case NGHTTP2_DATA.rawValue, NGHTTP2_HEADERS.rawValue:
    // Only a server has something to do then.
    guard unsafe turn.pointee.isServer else { break }
    unsafe turn.pointee.withSession { session in
      session.noteAnsweringFrame()
      if type == NGHTTP2_DATA.rawValue { unsafe session.flood.sentData() }
    }
    guard unsafe frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
      let stream = unsafe handle(session, frame.hd.stream_id)
    else { break }
    unsafe turn.pointee.batch.events.append(.endStreamSent(stream))
  default: break
  }
  return ok
}

/// nghttp2 answers a violation by queueing GOAWAY itself. Its own text is the debug data.
private func noteGoAwaySent(_ goAway: nghttp2_goaway, in turn: inout Turn) {
  // The notice of a graceful end names the highest identifier: new streams are still welcome.
  if unsafe goAway.last_stream_id != .max {
    turn.withSession { $0.noteGoAwaySubmitted() }
  }
  let code = unsafe HTTP2ErrorCode(rawValue: goAway.error_code)
  guard code != .noError else { return }
  let reason = unsafe turn.batch.append(
    .init(start: goAway.opaque_data, count: goAway.opaque_data_len))
  turn.batch.events.append(.violation(code, reason: reason))
}

/// nghttp2's own words on what it found wrong go nowhere: what matters of them comes back as
/// GOAWAY or as a closed stream. Without a callback it would print nothing either.
private let onError: nghttp2_error_callback2 = { _, _, _, _, _ in ok }

private let readBody: nghttp2_data_source_read_callback = {
  session, id, buffer, capacity, flags, source, userData in
  guard let turn = unsafe turn(userData), let source = unsafe source, let buffer = unsafe buffer
  else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
  let stream = unsafe StreamHandle(id: id, slot: Int(source.pointee.fd))
  let part = unsafe turn.pointee.withStreams { streams -> BodyPart? in
    guard streams.contains(stream) else { return nil }
    return unsafe streams.readBody(
      of: stream.slot, into: UnsafeMutableBufferPointer(start: buffer, count: capacity))
  }
  switch part {
  case .some(.bytes(let count)): return count
  case .some(.last(let count)):
    unsafe flags?.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
    return count
  case .some(.lastBeforeTrailers(let count, let trailers)):
    // Submitted at once instead, trailers would make nghttp2 drop the body before them.
    unsafe flags?.pointee |=
      UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue) | UInt32(NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue)
    guard unsafe submitTrailers(trailers, session, id) == 0 else { break }
    return count
  case .some(.nothingYet):
    unsafe turn.pointee.batch.events.append(.bodyDrained(stream))
    return Int(NGHTTP2_ERR_DEFERRED.rawValue)
  case nil: break
  }
  return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
}

private func submitTrailers(
  _ headers: SubmittableHeaders, _ session: OpaquePointer?, _ id: Int32
) -> Int32 {
  unsafe nghttp2_submit_trailer(
    session, id, headers.fields.baseAddress, headers.fields.count)
}
