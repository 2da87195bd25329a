import FuzzSupport

@testable import ProxyConfiguration

@main enum ConfigurationFuzzer {
    static func main() {
        runFuzzer(fuzzConfiguration)
    }
}

/// Loads a configuration file. The first byte says in which format, and whether variables are expanded.
private func fuzzConfiguration(_ input: [UInt8]) {
    guard input.count > 1 else { return }
    let choice = input[0]
    let text = Array(input.dropFirst())
    do {
        _ = try ConfigurationLoader.load(
            text: text,
            source: "fuzz",
            format: choice & 4 != 0 ? .toml : choice & 1 == 0 ? .json : .yaml,
            environment: choice & 2 == 0 ? ["HOME": "/home/me", "TOKEN": "${HOME}"] : nil
        )
    } catch {
        precondition(!error.problems.isEmpty, "a refusal says why")
    }
}
