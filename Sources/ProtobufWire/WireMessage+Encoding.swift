extension WireMessage {
  /// Encodes the message into one allocation of the exact size.
  ///
  /// Equal messages give equal bytes: fields in the order of their numbers, map entries in the order
  /// of their keys, then the unknown fields.
  ///
  /// - Parameter prefix: how many zero bytes to leave before the message, for a framing header.
  /// - Throws: ``WireError`` if the message is larger than 2 GiB - 1.
  @inlinable
  public func encoded(reservingPrefix prefix: Int = 0) throws(WireError) -> [UInt8] {
    // A message of usual size is written once, on the stack, and copied, which takes less time than to
    // measure it before. For a larger one this pass tells the size, and a second one writes it.
    let (size, bytes) = unsafe withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: WireWriter.scratchSize
    ) { scratch -> (Int, [UInt8]?) in
      let size = unsafe write(to: scratch, above: 0)
      return (size, unsafe WireWriter.copy(ofLast: size, of: scratch, behind: prefix))
    }
    if let bytes { return bytes }
    return try encoded(size: size, reservingPrefix: prefix)
  }

  /// The number of bytes that the encoded message takes.
  @inlinable
  public var encodedSize: Int {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) {
      unsafe write(to: $0, above: $0.count)
    }
  }

  /// Writes the message to the end of a buffer, but no byte below the offset `floor`.
  ///
  /// - Returns: how many bytes the message takes. If there was no room for them, what the buffer holds
  ///   is of no use.
  @unsafe
  @inlinable
  func write(to buffer: UnsafeMutableBufferPointer<UInt8>, above floor: Int) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    // The writer is gone before the buffer is.
    var writer = unsafe WireWriter(filling: base, from: floor, to: buffer.count)
    writer.writeContents(of: self)
    return buffer.count - writer.position
  }

  /// Encodes the message, whose size is known to be `size`.
  @inlinable
  func encoded(size: Int, reservingPrefix prefix: Int) throws(WireError) -> [UInt8] {
    guard size <= WireDecodingOptions.maximumSize else {
      throw WireError(.tooLarge(size: size, limit: WireDecodingOptions.maximumSize), at: nil)
        .inMessage(Self.messageName)
    }
    // All of the buffer is initialised: the prefix here, the rest by a message that takes just that.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: prefix + size) { buffer, count in
      unsafe buffer.prefix(prefix).initialize(repeating: 0)
      let written = unsafe write(to: buffer, above: prefix)
      count = written == size ? prefix + size : 0
    }
    guard bytes.count == prefix + size else {
      throw WireError(.inconsistentEncoder, at: nil).inMessage(Self.messageName)
    }
    return bytes
  }
}

extension WireWriter {
  /// The size of the buffer on the stack that a message is first written to: the most that
  /// `withUnsafeTemporaryAllocation` takes from the stack without asking the system.
  @inlinable
  static var scratchSize: Int { 1024 }

  /// An array of zeros and, behind them, the last bytes of a buffer. The zeros are put into the buffer
  /// first; nil if it has no room for them.
  @unsafe
  @usableFromInline
  static func copy(
    ofLast size: Int, of buffer: UnsafeMutableBufferPointer<UInt8>, behind prefix: Int
  ) -> [UInt8]? {
    guard size <= buffer.count, prefix <= buffer.count - size else { return nil }
    let whole = unsafe buffer.suffix(prefix + size)
    unsafe whole.prefix(prefix).initialize(repeating: 0)
    // From a buffer, because the other ways to make an array look up its class anew each time.
    return unsafe [UInt8](UnsafeBufferPointer(rebasing: whole))
  }
}
