"""The extracts of the CRM, shaped like Salesforce objects. A record that is gone has IsDeleted true, and stays."""

from pipelines.demo.shapes.kinds import Boolean, Decimal, Instant, Integer, IsoDate, Kind, Money, Shape, Text

_TEXT, _INT, _DAY, _AT, _YES, _MONEY = Text(), Integer(), IsoDate(), Instant(), Boolean(), Money()


def _object(name: str, *, is_master: bool = False, **columns: Kind) -> Shape:
    whole: dict[str, Kind] = {"Id": _TEXT, **columns, "CreatedDate": _AT, "SystemModstamp": _AT, "IsDeleted": _YES}
    return Shape(f"salesforce/{name}", ("Id",), whole, is_master=is_master)


SALESFORCE = (
    _object("UserRole", is_master=True, Name=_TEXT, ParentRoleId=_TEXT),
    _object("User", is_master=True, Username=_TEXT, FirstName=_TEXT, LastName=_TEXT, Email=_TEXT, Title=_TEXT,
            Department=_TEXT, UserRoleId=_TEXT, ManagerId=_TEXT, EmployeeNumber=_TEXT, IsActive=_YES),
    _object("Account", is_master=True, MasterRecordId=_TEXT, Name=_TEXT, Type=_TEXT, ParentId=_TEXT, BillingStreet=_TEXT,
            BillingCity=_TEXT, BillingState=_TEXT, BillingPostalCode=_TEXT, BillingCountryCode=_TEXT, Phone=_TEXT,
            Website=_TEXT, Industry=_TEXT, NumberOfEmployees=_INT, AnnualRevenue=_MONEY, CurrencyIsoCode=_TEXT,
            VAT_Number__c=_TEXT, IsPersonAccount=_YES, FirstName=_TEXT, LastName=_TEXT, PersonEmail=_TEXT,
            PersonBirthdate=_DAY, AccountSource=_TEXT, OwnerId=_TEXT),
    _object("Contact", is_master=True, MasterRecordId=_TEXT, AccountId=_TEXT, FirstName=_TEXT, LastName=_TEXT, Email=_TEXT,
            Phone=_TEXT, MobilePhone=_TEXT, Title=_TEXT, Department=_TEXT, MailingStreet=_TEXT, MailingCity=_TEXT,
            MailingPostalCode=_TEXT, MailingCountryCode=_TEXT, LeadSource=_TEXT, HasOptedOutOfEmail=_YES, OwnerId=_TEXT),
    _object("Lead", is_master=True, FirstName=_TEXT, LastName=_TEXT, Company=_TEXT, Email=_TEXT, Phone=_TEXT, City=_TEXT,
            PostalCode=_TEXT, CountryCode=_TEXT, Status=_TEXT, LeadSource=_TEXT, Rating=_TEXT, Industry=_TEXT,
            OwnerId=_TEXT, IsConverted=_YES, ConvertedDate=_DAY, ConvertedAccountId=_TEXT, ConvertedContactId=_TEXT,
            ConvertedOpportunityId=_TEXT),
    _object("Opportunity", is_master=True, AccountId=_TEXT, ContactId=_TEXT, Name=_TEXT, StageName=_TEXT, Amount=_MONEY,
            CurrencyIsoCode=_TEXT, Probability=_INT, ExpectedRevenue=_MONEY, CloseDate=_DAY, Type=_TEXT, LeadSource=_TEXT,
            CampaignId=_TEXT, ForecastCategoryName=_TEXT, IsClosed=_YES, IsWon=_YES, Loss_Reason__c=_TEXT, OwnerId=_TEXT),
    _object("OpportunityHistory", OpportunityId=_TEXT, StageName=_TEXT, Amount=_MONEY, CurrencyIsoCode=_TEXT,
            ExpectedRevenue=_MONEY, CloseDate=_DAY, Probability=_INT, ForecastCategory=_TEXT, CreatedById=_TEXT),
    _object("OpportunityLineItem", is_master=True, OpportunityId=_TEXT, Product2Id=_TEXT, PricebookEntryId=_TEXT,
            SortOrder=_INT, Quantity=_INT, UnitPrice=_MONEY, TotalPrice=_MONEY, Discount=Decimal(2), CurrencyIsoCode=_TEXT),
    _object("Quote", is_master=True, QuoteNumber=_TEXT, OpportunityId=_TEXT, AccountId=_TEXT, Name=_TEXT, Status=_TEXT,
            ExpirationDate=_DAY, TotalPrice=_MONEY, GrandTotal=_MONEY, CurrencyIsoCode=_TEXT),
    _object("QuoteLineItem", is_master=True, QuoteId=_TEXT, OpportunityLineItemId=_TEXT, Product2Id=_TEXT,
            PricebookEntryId=_TEXT, Quantity=_INT, UnitPrice=_MONEY, Discount=Decimal(2), TotalPrice=_MONEY,
            CurrencyIsoCode=_TEXT),
    _object("Product2", is_master=True, ProductCode=_TEXT, Name=_TEXT, Family=_TEXT, IsActive=_YES),
    _object("PricebookEntry", is_master=True, Pricebook2Id=_TEXT, Product2Id=_TEXT, UnitPrice=_MONEY,
            CurrencyIsoCode=_TEXT, IsActive=_YES),
    _object("Campaign", is_master=True, Name=_TEXT, Type=_TEXT, Status=_TEXT, StartDate=_DAY, EndDate=_DAY,
            BudgetedCost=_MONEY, ActualCost=_MONEY, CurrencyIsoCode=_TEXT, ParentId=_TEXT, IsActive=_YES, OwnerId=_TEXT),
    _object("CampaignMember", is_master=True, CampaignId=_TEXT, LeadId=_TEXT, ContactId=_TEXT, Status=_TEXT,
            HasResponded=_YES, FirstRespondedDate=_DAY),
    _object("Task", is_master=True, Subject=_TEXT, Type=_TEXT, Status=_TEXT, Priority=_TEXT, ActivityDate=_DAY,
            WhoId=_TEXT, WhatId=_TEXT, OwnerId=_TEXT, IsClosed=_YES, CompletedDateTime=_AT),
    _object("Event", is_master=True, Subject=_TEXT, Type=_TEXT, StartDateTime=_AT, EndDateTime=_AT, WhoId=_TEXT,
            WhatId=_TEXT, OwnerId=_TEXT),
    _object("Case", is_master=True, CaseNumber=_TEXT, AccountId=_TEXT, ContactId=_TEXT, Subject=_TEXT, Type=_TEXT,
            Reason=_TEXT, Origin=_TEXT, Priority=_TEXT, Status=_TEXT, IsClosed=_YES, ClosedDate=_AT, IsEscalated=_YES,
            OwnerId=_TEXT, Product2Id=_TEXT, Order_Number__c=_TEXT, First_Response_At__c=_AT, Sla_Due_At__c=_AT,
            Satisfaction__c=_INT),
    _object("CaseHistory", CaseId=_TEXT, Field=_TEXT, OldValue=_TEXT, NewValue=_TEXT, CreatedById=_TEXT),
)  # fmt: skip
"""is_master: versions of a record may come in any later month."""
