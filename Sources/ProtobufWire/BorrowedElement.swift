/// A value that cannot be copied, laid out as the value itself.
///
/// Swift copies a value out of an array, and counts a reference for each string in it, before it passes
/// it to a function. Of a type that cannot be copied it passes the element where it stands.
@usableFromInline
struct BorrowedElement<Value>: ~Copyable {
  @usableFromInline let value: Value

  @inlinable
  func write<Coding: WireCoding>(_ coding: Coding, _ writer: inout WireWriter)
  where Coding.Value == Value {
    coding.write(value, &writer)
  }
}

extension Array {
  /// Lends the elements where they stand; they must not be used after `body` returns.
  @unsafe
  @inlinable
  func withBorrowedElements(
    _ body: (UnsafeBufferPointer<BorrowedElement<Element>>) -> Void
  ) {
    unsafe withUnsafeBufferPointer { elements in
      // A struct of one stored property has that property's layout, and the elements are only read.
      unsafe elements.withMemoryRebound(to: BorrowedElement<Element>.self, body)
    }
  }
}
