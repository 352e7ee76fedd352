import Foundation
import Registry

/// Writes the files of a plan. It never overwrites a file. If it fails, it removes the files that it has written.
struct InitWriter {
    /// The reason why files were not written, for the operator.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
        /// The exit code of the program, from sysexits.h.
        let code: Int32

        static let cannotCreate: Int32 = 73
    }

    /// The user who gets the registry's folder, and whose group can read the configuration; nil to keep both to the
    /// present user.
    let served: ServiceUser?

    /// - Parameters:
    ///   - folder: the folder of the files.
    ///   - data: the folder of the registry.
    func write(_ plan: InitPlan, folder: String, data: String) throws(Refusal) {
        let there = plan.files.map(\.path).filter(Self.exists)
        guard there.isEmpty else {
            throw Refusal(
                description: "\(there.joined(separator: ", ")): there already, and never overwritten. Move it away, or "
                    + "name another folder", code: Refusal.cannotCreate)
        }
        try make(folder, mode: served == nil ? 0o700 : 0o750, user: served.map { _ in 0 })
        try make(data, mode: 0o700, user: served?.user)
        var written: [String] = []
        do {
            for file in plan.files {
                let handle = try PrivateFile(creating: file.path)
                written.append(file.path)
                try handle.write(Data(file.text.utf8))
                try give(file.path, mode: served == nil ? 0o600 : 0o640, user: served.map { _ in 0 })
            }
            PrivateFile.syncFolder(of: plan.files.last?.path ?? folder)
        } catch {
            for path in written { unlink(path) }
            throw (error as? Refusal) ?? Refusal(description: "\(error)", code: Refusal.cannotCreate)
        }
    }

    /// Makes a folder, and those above it. A folder that is there stays as it is.
    private func make(_ folder: String, mode: mode_t, user: uid_t?) throws(Refusal) {
        guard !Self.exists(folder) else { return }
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        if !Self.exists(parent) { try make(parent, mode: 0o755, user: nil) }
        guard mkdir(folder, mode) == 0 else { throw Self.refusal(folder, "cannot be made") }
        if user != nil { try give(folder, mode: mode, user: user) }
    }

    private func give(_ path: String, mode: mode_t, user: uid_t?) throws(Refusal) {
        if let served, let user, chown(path, user, served.group) != 0 {
            throw Self.refusal(path, "cannot be given to \(served.name)")
        }
        guard chmod(path, mode) == 0 else { throw Self.refusal(path, "cannot get the mode \(String(mode, radix: 8))") }
    }

    private static func refusal(_ path: String, _ words: String) -> Refusal {
        Refusal(description: "\(path) \(words): \(String(cString: strerror(errno)))", code: Refusal.cannotCreate)
    }

    /// Whether there is anything at the path, even a link that leads nowhere.
    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
