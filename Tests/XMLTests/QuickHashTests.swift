import Testing

@testable import XML

@Suite("The quick hash")
struct QuickHashTests {
    @Test("tells texts of one length apart that differ in one byte", arguments: [1, 7, 8, 9, 15, 16, 20])
    func oneByte(length: Int) {
        let texts = (0..<length).map { place in
            (0..<length).map { $0 == place ? UInt8(ascii: "b") : UInt8(ascii: "a") }
        }
        let hashes = texts.map { $0.withUnsafeBufferPointer(\.quickHash) }
        #expect(Set(hashes).count == length)
    }
}
