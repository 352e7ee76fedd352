/// A value in a configuration file, with its place in the file. The type belongs to no file format, so that adapters
/// read their settings without knowing YAML.
package struct ConfigNode: Sendable {
    /// The value without its place.
    package indirect enum Value: Sendable {
        case scalar(String)
        case list([ConfigNode])
        case map([Entry])
        case null
    }

    /// A key of a map with its value.
    package struct Entry: Sendable {
        package let key: String
        package let keyPlace: ConfigPlace
        package let value: ConfigNode

        package init(key: String, keyPlace: ConfigPlace, value: ConfigNode) {
            self.key = key
            self.keyPlace = keyPlace
            self.value = value
        }
    }

    package let value: Value
    package let place: ConfigPlace

    package init(_ value: Value, at place: ConfigPlace) {
        self.value = value
        self.place = place
    }
}

/// A position in a configuration file. Lines and columns count from 1.
package struct ConfigPlace: Sendable, Hashable {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// One problem in the configuration.
package struct ConfigProblem: Sendable, Hashable, Error {
    /// Whether the problem prevents the start (`error`) or not.
    package enum Severity: Sendable { case warning, error }

    package let severity: Severity
    package let place: ConfigPlace
    /// The dotted path of the key, from the top of the file.
    package let key: String
    /// Tells the operator what is wrong and how to mend it.
    package let text: String

    package init(_ severity: Severity = .error, at place: ConfigPlace, key: String, _ text: String) {
        self.severity = severity
        self.place = place
        self.key = key
        self.text = text
    }
}
