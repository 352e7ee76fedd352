import GatewayKit

/// Checks the description of the adapter and its login form.
struct LoginChecks {
    let rules: any NetworkRules
    let samples: ConformanceSamples
    let findings: ConformanceFindings

    private var form: [FormField] { rules.description.loginForm }

    func run() {
        checkDescription()
        checkGoodForm()
        for field in form { checkHostileValues(of: field) }
        for field in form where field.required { checkMissing(field) }
    }

    private func checkDescription() {
        let description = rules.description
        let isName = description.id.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
        findings.expect(isName && !description.id.isEmpty, "an adapter's id is lower-case ASCII", description.id)
        let names = form.map(\.name)
        findings.expect(Set(names).count == names.count, "no field of the login form is listed twice", "\(names)")
        findings.expect(
            !description.promptDescription.isEmpty && !description.promptLabel.isEmpty && !description.name.isEmpty,
            "the adapter has a name, a prompt and a prompt label", "at least one is empty")
        findings.expect(
            (description.roomIdentity == nil) == (samples.room == nil), "`roomIdentity` is set if there are rooms",
            "roomIdentity is \(description.roomIdentity == nil ? "nil" : "set"), and the samples say otherwise")
    }

    private func checkGoodForm() {
        do {
            let kept = try rules.check(login: samples.login)
            findings.expect(
                Set(kept.keys).isSubset(of: form.map(\.name)), "check(login:) keeps fields of the form only",
                "\(kept.keys.sorted())")
            let again = try rules.check(login: kept)
            findings.expect(again == kept, "checking checked values changes nothing", "keys \(again.keys.sorted())")
            if let network = rules.network(for: kept) {
                findings.expect(
                    rules.networks.contains(network), "network(for:) is a network of the list", "\(network)")
            }
            let more = samples.login.merging(["no-such-field": "x"]) { old, _ in old }
            findings.expect(
                (try? rules.check(login: more))?["no-such-field"] == nil, "check(login:) keeps fields of the form only",
                "an unknown field was kept")
        } catch {
            findings.add("check(login:) accepts a valid form", error.text)
        }
    }

    private func checkHostileValues(of field: FormField) {
        let good = samples.login[field.name] ?? "a"
        let endings = ["\r", "\n", "\0", "\r\nx"].map { good + $0 + "x" }
        let hostile = endings + HostileText.lineBreakers + [good + HostileText.overlong]
        // A field of several lines has LF between them, and an adapter may take long ones.
        let isLegal = { (value: String) in field.kind == .lines && !value.utf8.contains { $0 == 0 || $0 == 13 } }
        for value in hostile where !isLegal(value) {
            expectRefusal(
                of: samples.login.merging([field.name: value]) { $1 }, secret: value,
                "check(login:) refuses CR, LF, NUL and 3,000 bytes", "\(field.name) = \(HostileText.shown(value))")
        }
    }

    private func checkMissing(_ field: FormField) {
        var values = samples.login
        values[field.name] = nil
        expectRefusal(of: values, secret: nil, "check(login:) refuses a form without a required field", field.name)
        values[field.name] = ""
        expectRefusal(
            of: values, secret: nil, "check(login:) refuses a form without a required field", "\(field.name) = ''")
    }

    private func expectRefusal(of values: [String: String], secret: String?, _ rule: String, _ found: String) {
        do throws(Failure) {
            _ = try rules.check(login: values)
            findings.add(rule, found)
        } catch {
            findings.expect(!error.text.isEmpty, "a refusal gives a reason", "no reason for \(found)")
            findings.expect(
                secret.map { !error.text.contains($0) } ?? true, "a refusal does not repeat a hostile value", found)
        }
    }
}
