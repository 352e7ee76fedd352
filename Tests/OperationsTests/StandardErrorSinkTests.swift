import Foundation
import Testing

@testable import Operations

@Suite("Writing records")
struct StandardErrorSinkTests {
    @Test("Records of many threads do not mix")
    func threads() async throws {
        let pipe = Pipe()
        let sink = StandardErrorSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let letters = Array("abcdefgh".utf8)
        async let written: Void = withTaskGroup(of: Void.self) { group in
            for letter in letters {
                group.addTask {
                    for _ in 0..<50 { sink.write(Array(repeating: letter, count: 3_000) + [UInt8(ascii: "\n")]) }
                }
            }
            await group.waitForAll()
            try? pipe.fileHandleForWriting.close()
        }
        let data = try #require(try pipe.fileHandleForReading.readToEnd())
        await written
        let lines = data.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 400)
        #expect(lines.allSatisfy { Set($0).count == 1 && $0.count == 3_000 })
    }
}
