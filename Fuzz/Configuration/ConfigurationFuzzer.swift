import FuzzSupport

@testable import ProxyConfiguration

@main enum ConfigurationFuzzer {
    static func main() {
        unsafe runFuzzer(fuzzConfiguration)
    }
}

/// Loads a configuration file. The first byte says in which format, and whether variables are expanded.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let choice = unsafe start[0]
    let text = unsafe Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
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
    return 0
}
