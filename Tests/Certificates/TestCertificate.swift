import Foundation

/// A certificate and its key, made by openssl in a folder that is removed with its owner.
package struct TestCertificate: Sendable {
    package let path: String
    package let keyPath: String
    /// The SHA-256 of the public key, as openssl computes it.
    package let pin: String
}

/// A temporary folder that makes certificates.
package final class CertificateFolder: Sendable {
    private let folder: String

    package init() throws {
        folder = NSTemporaryDirectory() + "martlet-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Makes a certificate for `name`, signed by itself or by `issuer`, and valid until the given day, as
    /// `YYYYMMDDHHMMSSZ`. `key` names the kind of key as `openssl req` does.
    package func make(
        _ name: String, addresses: [String] = [], issuer: TestCertificate? = nil, until: String? = nil,
        from: String = "20200101000000Z", key: String = "ec:prime256v1"
    ) throws -> TestCertificate {
        let base = "\(folder)/\(UUID().uuidString)"
        let (path, keyPath, request) = (base + ".crt", base + ".key", base + ".csr")
        let names = (["DNS:\(name)"] + addresses.map { "IP:\($0)" }).joined(separator: ",")
        let kind = key.split(separator: ":").map(String.init)
        let curve = kind[0] == "ec" ? ["-pkeyopt", "ec_paramgen_curve:\(kind[1])"] : []
        try openssl(
            ["req", "-new", "-newkey", kind[0] == "ec" ? "ec" : key] + curve
                + ["-nodes", "-keyout", keyPath, "-out", request, "-subj", "/CN=\(name)"])
        let extensions = base + ".ext"
        try "subjectAltName=\(names)\n".write(toFile: extensions, atomically: true, encoding: .utf8)
        var signing = ["x509", "-req", "-in", request, "-out", path, "-extfile", extensions, "-days", "3650"]
        if let issuer {
            signing += ["-CA", issuer.path, "-CAkey", issuer.keyPath, "-set_serial", "7"]
        } else {
            signing += ["-signkey", keyPath]
        }
        try openssl(signing)
        if let until { try resign(path, keyPath, extensions: extensions, request: request, from: from, until: until) }
        try openssl(["pkey", "-in", keyPath, "-pubout", "-outform", "DER", "-out", base + ".der"])
        let digest = try openssl(["dgst", "-sha256", base + ".der"])
        return TestCertificate(path: path, keyPath: keyPath, pin: String(digest.suffix(64)))
    }

    /// `openssl x509` cannot set days in the past; `openssl ca` can.
    private func resign(
        _ path: String, _ keyPath: String, extensions: String, request: String, from: String, until: String
    ) throws {
        let database = path + ".db"
        try "".write(toFile: database, atomically: true, encoding: .utf8)
        let configuration = path + ".cnf"
        try """
        [ca]
        default_ca = own
        [own]
        database = \(database)
        new_certs_dir = \(folder)
        default_md = sha256
        rand_serial = yes
        policy = any
        [any]
        commonName = supplied
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        try openssl([
            "ca", "-batch", "-selfsign", "-config", configuration, "-keyfile", keyPath, "-in", request, "-out", path,
            "-notext", "-extfile", extensions, "-startdate", from, "-enddate", until,
        ])
    }

    @discardableResult
    private func openssl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw OpenSSLFailure(arguments: arguments, status: process.terminationStatus)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

struct OpenSSLFailure: Error {
    let arguments: [String]
    let status: Int32
}
