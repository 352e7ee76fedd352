import Foundation
import Testing

@testable import Registry

@Suite struct SealTests {
    @Test("Sealing a value twice gives different bytes, and both open only in their own place")
    func place() throws {
        let key = FileManager.default.temporaryDirectory.appending(path: "seal-\(UUID().uuidString).key").path
        defer { try? FileManager.default.removeItem(atPath: key) }
        let seal = try Seal(keyFile: key, isInUse: false)
        let first = try seal.close("tide-table", for: ["g", "u", "", "password"])
        let second = try seal.close("tide-table", for: ["g", "u", "", "password"])
        #expect(first != second)
        #expect(try seal.open(first, for: ["g", "u", "", "password"]) == "tide-table")
        for place in [["g", "v", "", "password"], ["g", "u", "", "token"], ["gu", "", "", "password"], ["g", "u"]] {
            #expect(throws: RegistryError.self) { try seal.open(first, for: place) }
        }
        for index in first.indices {
            var changed = first
            changed[index] ^= 1
            #expect(throws: RegistryError.self) { try seal.open(changed, for: ["g", "u", "", "password"]) }
        }
        #expect(throws: RegistryError.self) { try seal.open(Data([1, 2, 3]), for: ["g"]) }
    }
}
