import Testing

@testable import ProxyConfiguration

@Suite struct EnvironmentDenyListTests {
    @Test(
        "Variables that decide what code runs or whom it trusts are refused",
        arguments: [
            "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_", "DYLD_INSERT_LIBRARIES", "GLIBC_TUNABLES", "MALLOC_PERTURB_",
            "GCONV_PATH",
            "PATH", "HOME", "SHELL", "IFS", "ENV", "BASH_ENV", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "PYTHONPATH",
            "PYTHONSTARTUP", "PERL5OPT", "PERL5LIB", "RUBYOPT", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH",
            "GIT_SSH_COMMAND", "SSH_ASKPASS", "NPM_CONFIG_REGISTRY", "UV_INDEX_URL", "PIP_INDEX_URL", "HTTP_PROXY",
            "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SWIFT_BACKTRACE",
            "NIO_SINGLETON_GROUP_LOOP_COUNT", "MCP_PROXY_TOKEN",
        ])
    func denied(name: String) {
        #expect(EnvironmentDenyList.fault(name)?.contains("only the operator") == true)
    }

    @Test(
        "Names that are not plain are refused",
        arguments: [
            "", "path", "npm_config_registry", "Path", "http_proxy", "1A", "A-B", "A B", "A=B", "ÄPFEL", "A\0", "A\n",
            String(repeating: "A", count: 65),
        ])
    func notPlain(name: String) {
        #expect(EnvironmentDenyList.fault(name)?.contains("capital letters") == true)
    }

    @Test(
        "Other variables are fine",
        arguments: [
            "GITHUB_PERSONAL_ACCESS_TOKEN", "API_KEY", "_", "A1", "PROXY", "PATHS", "HOMEPAGE", "LDAP_URL", "TZ",
            String(repeating: "A", count: 64),
        ])
    func allowed(name: String) {
        #expect(EnvironmentDenyList.fault(name) == nil)
    }
}
