import Foundation
import Testing

@testable import martlet

@Suite("Writing a first configuration")
struct InitWriterTests {
    /// A folder that is deleted when the test ends.
    private final class Place {
        let path = FileManager.default.temporaryDirectory.appending(path: "init-\(UUID().uuidString)").path

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func mode(_ file: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        }
    }

    private let place = Place()

    private func write(_ served: ServiceUser? = nil) throws -> InitPlan {
        let draft = InitDraft(domain: "example.org", folder: place.path + "/etc", data: place.path + "/data")
        let plan = try InitFixture.plan(draft)
        try InitWriter(served: served).write(plan, folder: place.path + "/etc", data: place.path + "/data")
        return plan
    }

    @Test("The folders are made, and only the present user can read the files")
    func modes() throws {
        let plan = try write()
        for file in plan.files {
            #expect(try String(contentsOfFile: file.path, encoding: .utf8) == file.text)
            #expect(try place.mode(file.path) == 0o600)
        }
        #expect(try place.mode(place.path + "/etc") == 0o700)
        #expect(try place.mode(place.path + "/data") == 0o700)
    }

    @Test(
        "Root gives the files to the group of the service's user, and the registry's folder to that user",
        .enabled(if: ServiceUser.isRoot, "only root can give files away"))
    func owners() throws {
        let plan = try write(ServiceUser(name: "martlet", user: 4711, group: 4712))
        func owner(_ path: String) throws -> [Int] {
            let all = try FileManager.default.attributesOfItem(atPath: path)
            let keys: [FileAttributeKey] = [.ownerAccountID, .groupOwnerAccountID, .posixPermissions]
            return keys.compactMap { all[$0] as? Int }
        }
        for file in plan.files { #expect(try owner(file.path) == [0, 4712, 0o640]) }
        #expect(try owner(place.path + "/etc") == [0, 4712, 0o750])
        #expect(try owner(place.path + "/data") == [4711, 4712, 0o700])
    }

    @Test("A file that is there is named and not overwritten, and nothing else is written")
    func neverOverwrites() throws {
        try FileManager.default.createDirectory(atPath: place.path + "/etc", withIntermediateDirectories: true)
        let file = place.path + "/etc/prosody.cfg.lua"
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/nowhere")
        let error = #expect(throws: InitWriter.Refusal.self) { _ = try write() }
        #expect(error?.code == 73 && error?.description.contains(file) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/etc") == ["prosody.cfg.lua"])
    }

    @Test("If a file cannot be written, those before it are removed again")
    func undoes() throws {
        let plan = try InitFixture.plan(InitDraft(domain: "example.org", folder: place.path + "/etc"))
        // The last file of the plan has no folder.
        let broken = try InitFixture.plan(InitDraft(domain: "example.org", folder: place.path + "/none"))
        let mixed = InitPlan(
            files: Array(plan.files.dropLast()) + broken.files.suffix(1), serverLines: plan.serverLines)
        #expect(throws: InitWriter.Refusal.self) {
            try InitWriter(served: nil).write(mixed, folder: place.path + "/etc", data: place.path + "/data")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/etc") == [])
    }

    @Test("A folder below a file cannot be made, and the reason is named")
    func noFolder() throws {
        try Data().write(to: URL(fileURLWithPath: place.path))
        let error = #expect(throws: InitWriter.Refusal.self) { _ = try write() }
        #expect(error?.description.contains("cannot be made: Not a directory") == true, "\(String(describing: error))")
    }
}
