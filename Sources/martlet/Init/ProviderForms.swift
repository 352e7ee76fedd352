import GatewayKit
import SMSAdapter
import Settings

/// The forms that an operator fills in for an account with a provider, one for each profile that ships with Martlet.
struct ProviderForms {
    struct Form {
        let provider: String
        let fields: [Field]
    }

    /// One setting of a provider.
    struct Field {
        let name: String
        let isRequired: Bool
        let isSecret: Bool
        /// Whether the operator makes up the value, because the provider only repeats it in its calls.
        let isInvented: Bool
        /// Why a value cannot be right; nil if it can.
        let flaw: (String) -> String?
    }

    /// The names of the providers.
    let names = EmbeddedProfiles.files.map(\.name)

    /// The form of a provider.
    func form(_ provider: String) throws -> Form {
        guard let profile = EmbeddedProfiles.files.first(where: { $0.name == provider }) else {
            throw AnswerFault("there is no provider '\(provider)'; known are \(names.joined(separator: ", "))")
        }
        let node = try YAMLConfig.node(from: profile.text, file: "\(provider).yaml")
        let fields = OperatorSetting.all(of: node).map { setting in
            Field(
                name: setting.name, isRequired: setting.isRequired, isSecret: setting.isSecret,
                isInvented: setting.name == "token" && setting.isSecret, flaw: setting.flaw)
        }
        return Form(provider: provider, fields: fields)
    }
}

/// The settings of a provider that options of `martlet init` give.
struct GivenSettings {
    private(set) var values: [String: String] = [:]

    /// - Parameter texts: each is `NAME=VALUE`, or `NAME=@FILE` for the content of a file.
    init(_ texts: [String], of form: ProviderForms.Form, readFile: (String) throws -> String) throws {
        for text in texts {
            let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2 else {
                throw AnswerFault("--setting: NAME=VALUE is expected, such as username=martlet")
            }
            guard form.fields.contains(where: { $0.name == pair[0] }) else {
                let known = form.fields.map(\.name).joined(separator: ", ")
                throw AnswerFault("--setting: \(form.provider) has no setting '\(pair[0])'; known are \(known)")
            }
            guard pair[1].hasPrefix("@") else {
                values[pair[0]] = pair[1]
                continue
            }
            let file = String(pair[1].dropFirst())
            do {
                values[pair[0]] = try readFile(file)
            } catch { throw AnswerFault("--setting \(pair[0]): the file \(file) cannot be read: \(error)") }
        }
    }
}
