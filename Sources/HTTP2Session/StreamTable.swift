/// The slots of a session's streams: dense, used again after a close, each naming its stream, so
/// that a handle of a stream that has closed is told from its successor's.
///
/// It belongs to its session's thread.
final class StreamTable {
  struct Slot {
    /// 0 in a free slot: no stream has that identifier.
    var id: Int32 = 0
    var resetByPeer = false
    var endedByPeer = false
    var body = OutboundBody()
    /// What nghttp2 reads the stream's header fields from, until the stream is over.
    var headers: SubmittableHeaders?

    /// Makes the slot free, and keeps what memory the next stream can use.
    mutating func clear() {
      id = 0
      resetByPeer = false
      endedByPeer = false
      body.clear()
      headers = nil
    }
  }

  /// Invariant of the two: no access calls anything that could reach the table again, so that none
  /// needs a check while the program runs.
  @exclusivity(unchecked) private var slots: [Slot] = []
  @exclusivity(unchecked) private var free: [Int] = []

  /// Bytes of bodies that are not sent yet, of all streams.
  private(set) var waitingBytes = 0

  /// Streams open now.
  var count: Int { unsafe slots.count - free.count }

  var handles: [StreamHandle] {
    unsafe slots.indices.filter { unsafe slots[$0].id != 0 }
      .map { StreamHandle(id: unsafe slots[$0].id, slot: $0) }
  }

  /// The slot that the next stream will get.
  func reserve() -> Int {
    if let slot = unsafe free.popLast() { return slot }
    unsafe slots.append(Slot())
    return unsafe slots.count - 1
  }

  func occupy(_ slot: Int, id: Int32) -> StreamHandle {
    unsafe slots[slot].id = id
    return StreamHandle(id: id, slot: slot)
  }

  /// Frees a slot, whether or not a stream ever came to be in it.
  func release(_ slot: Int) {
    waitingBytes -= unsafe slots[slot].body.count
    unsafe slots[slot].clear()
    unsafe free.append(slot)
  }

  /// Adds to a stream's body.
  func append(_ bytes: [UInt8], to slot: Int) {
    unsafe slots[slot].body.append(bytes)
    waitingBytes += bytes.count
  }

  /// Takes from a stream's body what fits.
  func readBody(of slot: Int, into buffer: UnsafeMutableBufferPointer<UInt8>) -> BodyPart {
    let before = unsafe slots[slot].body.count
    let part = unsafe slots[slot].body.readPart(into: buffer)
    waitingBytes -= before - (unsafe slots[slot].body.count)
    return part
  }

  func contains(_ handle: StreamHandle) -> Bool {
    unsafe slots.indices.contains(handle.slot) && slots[handle.slot].id == handle.id
  }

  /// The handle of a stream by its identifier alone: a search, for the rare paths.
  func find(id: Int32) -> StreamHandle? {
    unsafe slots.firstIndex { $0.id == id }.map { StreamHandle(id: id, slot: $0) }
  }

  subscript(_ slot: Int) -> Slot {
    _read { yield unsafe slots[slot] }
    _modify { yield unsafe &slots[slot] }
  }
}
