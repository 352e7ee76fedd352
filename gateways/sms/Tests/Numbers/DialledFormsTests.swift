import Foundation
import GatewayKit
import Testing

@testable import SMSAdapter

/// Compares `NumberPlan` with the numbering plans of another implementation (Debian's python3-phonenumbers).
@Suite("Numbers as people of 60 regions type them")
struct DialledFormsTests {
    /// A text that a person of a region types.
    private struct Form {
        let region: String
        let text: String
        /// The number that the other implementation reads.
        let meaning: String
        /// The number from which the text was made.
        let origin: String
    }

    private func forms() throws -> [Form] {
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/python3")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "dialled_forms.py")
        program.arguments = [script.path]
        let output = Pipe()
        program.standardOutput = output
        try program.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        program.waitUntilExit()
        try #require(program.terminationStatus == 0, "the script failed: is python3-phonenumbers installed?")
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Form(region: parts[0], text: parts[1], meaning: parts[2], origin: parts[3])
        }
    }

    @Test("245 destinations, typed in three forms or four, are read as the other implementation reads them")
    func agreement() throws {
        let forms = try forms()
        #expect(forms.count > 44_000)
        let plans = Dictionary(
            uniqueKeysWithValues: Set(forms.map(\.region)).map { ($0, NumberPlan(defaultRegion: $0)) })
        #expect(plans.count == 60)
        let different = forms.filter { (try? plans[$0.region]?.number($0.text).rawValue) ?? "" != $0.meaning }
        #expect(different.isEmpty, "\(different.prefix(10))")
        // A few texts are two numbers: in Nigeria, whose prefix is 009, 00971… is both +971… and +71….
        let ambiguous = forms.filter { $0.meaning != $0.origin }
        #expect(ambiguous.count < 50 && ambiguous.allSatisfy { $0.text.hasPrefix("00") })
    }
}
