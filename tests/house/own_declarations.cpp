// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A plugin for clang-tidy, which lets every other check look at our declarations only.
//
// clang-tidy 14 walks each check's matchers over the syntax tree of everything that a source includes, and throws away
// what they find in system headers: nine tenths of its time goes into declarations whose findings nobody will see.
// clang has a scope for such walks (ASTContext::setTraversalScope); clangd uses it, clang-tidy does not. The walk asks
// for it when it comes to the children of the translation unit, and the matchers of the translation unit itself run
// before: there this "check" narrows the scope to the declarations that do not stand in system headers.
//
// The analyzer is not concerned: it looks only at functions of the file itself, with or without this.
#include <clang-tidy/ClangTidyCheck.h>
#include <clang-tidy/ClangTidyModule.h>
#include <clang-tidy/ClangTidyModuleRegistry.h>
#include <clang/AST/ASTContext.h>
#include <clang/ASTMatchers/ASTMatchFinder.h>

#include <vector>

namespace {

using clang::ast_matchers::MatchFinder;

class OwnDeclarations : public clang::tidy::ClangTidyCheck {
public:
  using ClangTidyCheck::ClangTidyCheck;

  void registerMatchers(MatchFinder *finder) override {
    finder->addMatcher(clang::ast_matchers::translationUnitDecl().bind("unit"), this);
  }

  void check(const MatchFinder::MatchResult &result) override {
    const clang::SourceManager &sources = *result.SourceManager;
    std::vector<clang::Decl *> ours;
    for (clang::Decl *declaration : result.Context->getTranslationUnitDecl()->decls()) {
      const clang::SourceLocation location = declaration->getLocation();
      if (location.isValid() && !sources.isInSystemHeader(sources.getExpansionLoc(location)))
        ours.push_back(declaration);
    }
    result.Context->setTraversalScope(ours);
  }
};

class Module : public clang::tidy::ClangTidyModule {
public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories &factories) override {
    factories.registerCheck<OwnDeclarations>("crossheap-own-declarations");
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<Module> kRegistered("crossheap", "Checks our declarations only");

}  // namespace
