import Testing
import XML

#if canImport(Glibc)
    import Glibc
#endif

/// Each test runs in a process of its own, so that only its memory is counted.
@Suite("Memory of a long stream")
struct MemoryTests {
    @Test("names that never come twice do not pile up")
    func randomNames() async {
        await #expect(processExitsWith: .success) {
            var input = Input()
            input.push(Stream.header)
            input.pushRandomNames(stanzas: 50_000)
            let before = try resident()
            input.pushRandomNames(stanzas: 250_000)
            let growth = try resident() - before
            #expect(input.elements == 300_000)
            // A million new names would take about 70 MB if they were kept.
            #expect(growth < 2_000_000, "grew by \(growth) bytes")
        }
    }

    @Test("a stanza of 40 MB is passed over in little memory")
    func hugeStanza() async {
        await #expect(processExitsWith: .success) {
            let piece = String(repeating: "<b>text</b>", count: 4000)
            var input = Input()
            input.push(Stream.header + "<m id='1'>")
            for _ in 0..<50 { input.push(piece) }
            let before = try resident()
            for _ in 0..<900 { input.push(piece) }
            let growth = try resident() - before
            input.push("</m><ok/>")
            #expect(input.elements == 1)
            #expect(growth < 1_000_000, "grew by \(growth) bytes")
        }
    }

    @Test("a writer gives back the memory of a burst, if it is told to", arguments: [true, false])
    func burst(isKept: Bool) async {
        await #expect(processExitsWith: .success) { [isKept] in
            var writer = XMLWriter()
            let element = Element("m", namespace: "jabber:client", text: String(repeating: "x", count: 100_000))
            let before = try resident()
            for _ in 0..<160 { writer.write(element, defaultNamespace: "jabber:client") }
            writer.removeAll(keepingCapacity: isKept)
            let growth = try resident() - before
            #expect(writer.count == 0)
            #expect((growth < 4_000_000) == !isKept, "grew by \(growth) bytes")
        }
    }
}

private struct Input {
    private let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
    private var next = 0
    private(set) var elements = 0

    mutating func push(_ text: String) {
        var count = 0
        let outcome = Stream.feed(Array(text.utf8), to: parser) { if case .element = $0 { count += 1 } }
        #expect(outcome == nil)
        elements += count
    }

    mutating func pushRandomNames(stanzas: Int) {
        for _ in 0..<stanzas / 500 {
            var text = ""
            for _ in 0..<500 {
                text += "<n\(next) a\(next)='v' xmlns:p\(next)='urn:\(next)'/>"
                next += 1
            }
            push(text)
        }
    }
}

/// Resident bytes of this process.
private func resident() throws -> Int {
    let file = try #require(fopen("/proc/self/statm", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    _ = try #require(fgets(&line, Int32(line.count), file))
    let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        .split(separator: " ")
    return try #require(Int(fields[1])) * Int(getpagesize())
}
